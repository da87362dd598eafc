package lab;

import java.lang.reflect.Field;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.store.CommitLog;
import org.apache.rocketmq.store.DefaultMessageStore;
import org.apache.rocketmq.store.GetMessageResult;
import org.apache.rocketmq.store.MessageStore;
import org.apache.rocketmq.store.PutMessageResult;

/** What the message-store plug-in of either version reports; also where BrokerMain finds the real store. */
public final class StoreTap {
    /** The user property in which a message's label (m1, m2, …) travels. */
    static final String LABEL = "lab";
    static volatile DefaultMessageStore store;
    static volatile StallQueue queue;
    static volatile String haltOnAppend;
    private static final Map<String, Long> unflushed = new ConcurrentHashMap<>();

    private StoreTap() {
    }

    /** Called from the plug-in's constructor: after the store was built, before it is loaded. */
    public static void install(MessageStore next) {
        store = (DefaultMessageStore) next;
        CommitLog log = store.getCommitLog();
        try {
            Field f = Conf.field(log.getClass(), "mappedFileQueue");
            queue = new StallQueue(store.getMessageStoreConfig().getStorePathCommitLog(),
                store.getMessageStoreConfig().getMappedFileSizeCommitLog(), store.getAllocateMappedFileService());
            f.set(log, queue);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    public static void onGet(String group, String topic, int queueId, long offset, GetMessageResult r) {
        Wire.emit("get", "group", group, "topic", topic, "queue", queueId, "offset", offset,
            "status", r == null ? null : r.getStatus().name(), "next", r == null ? null : r.getNextBeginOffset());
    }

    /** Right after the delegate's asyncPutMessage came back: the bytes are in the log, flush and HA may still be waited for. */
    public static void onPut(MessageExt msg, CompletableFuture<PutMessageResult> f) {
        String label = msg.getProperty(LABEL);
        if (label == null) {
            return;
        }
        boolean done = f.isDone();
        PutMessageResult now = done ? f.getNow(null) : null;
        boolean appended = !done || now != null && now.getAppendMessageResult() != null && now.getAppendMessageResult().isOk();
        if (!appended) {
            return;
        }
        if (label.equals(haltOnAppend)) {
            Wire.emit("halted", "message", label);
            Runtime.getRuntime().halt(137);
        }
        Wire.emit("appended", "message", label, "topic", msg.getTopic());
        f.thenAccept(r -> {
            if (r == null || r.getAppendMessageResult() == null || !r.getAppendMessageResult().isOk()) {
                return;
            }
            long end = r.getAppendMessageResult().getWroteOffset() + r.getAppendMessageResult().getWroteBytes();
            if (queue.getFlushedWhere() >= end) {
                Wire.emit("flushed", "message", label);
            } else {
                unflushed.put(label, end);
            }
        });
    }

    static void onFlushed(long where) {
        if (unflushed.isEmpty()) {
            return;
        }
        for (Iterator<Map.Entry<String, Long>> it = unflushed.entrySet().iterator(); it.hasNext(); ) {
            Map.Entry<String, Long> e = it.next();
            if (e.getValue() <= where) {
                it.remove();
                Wire.emit("flushed", "message", e.getKey());
            }
        }
    }
}
