package lab;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.hook.SendMessageContext;
import org.apache.rocketmq.client.hook.SendMessageHook;
import org.apache.rocketmq.client.impl.producer.DefaultMQProducerImpl;
import org.apache.rocketmq.client.impl.producer.TopicPublishInfo;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.LocalTransactionState;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.TransactionListener;
import org.apache.rocketmq.client.producer.TransactionMQProducer;
import org.apache.rocketmq.client.producer.TransactionSendResult;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;

/** One producer application in a child JVM. */
public final class ProducerAgent {
    private static String name;
    private static DefaultMQProducer producer;
    private static DefaultMQProducerImpl impl;
    private static Method tryToFind;
    private static int resend;
    private static int maxThreads = 64;
    private static final Pool app = new Pool("app-");
    private static final Set<Object> pinned = Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
    private static final Map<String, List<Object>> checks = new ConcurrentHashMap<>();
    private static final Map<String, AtomicInteger> checkCount = new ConcurrentHashMap<>();
    private static final Map<String, String> locals = new ConcurrentHashMap<>();

    public static void main(String[] args) throws Exception {
        Wire.init();
        Wire.serve((cmd, c) -> {
            switch (cmd) {
                case "init":
                    return init(c);
                case "route": {
                    List<MessageQueue> l;
                    try {
                        l = producer.fetchPublishMessageQueues(Json.str(c, "topic", null));
                    } catch (MQClientException e) {
                        return Json.obj("queues", 0);
                    }
                    return Json.obj("queues", l.size());
                }
                case "warm":
                    new Thread(() -> {
                        warm(c);
                        Wire.reply(c, Wire.ok());
                    }, "lab-warm").start();
                    return null;
                case "send":
                    app.execute(() -> send(c));
                    return Wire.ok();
                case "checks":
                    // a twin of the same group answers check-backs of messages that another process sent
                    checks.put(Json.str(c, "message", ""), Json.list(c, "check"));
                    checkCount.putIfAbsent(Json.str(c, "message", ""), new AtomicInteger());
                    return Wire.ok();
                case "set-conf":
                    return Json.obj("unknown", Conf.apply(producer, Json.map(c, "conf")));
                case "stop":
                    new Thread(() -> {
                        producer.shutdown();
                        Wire.reply(c, Wire.ok());
                        Runtime.getRuntime().halt(0);
                    }, "lab-stop").start();
                    return null;
                default:
                    return Json.obj("error", "unknown command " + cmd);
            }
        });
    }

    private static Map<String, Object> init(Map<String, Object> c) throws Exception {
        name = Json.str(c, "name", "p1");
        resend = (int) Json.num(c, "resend", 0);
        maxThreads = (int) Json.num(c, "appThreads", 64);
        String group = Json.str(c, "group", "PG");
        if (Json.bool(c, "transactional", false)) {
            TransactionMQProducer t = new TransactionMQProducer(group);
            t.setTransactionListener(new Listener());
            producer = t;
        } else {
            producer = new DefaultMQProducer(group);
        }
        producer.setNamesrvAddr(Json.str(c, "namesrv", null));
        producer.setClientIP("127.0.0.1");
        producer.setInstanceName(Json.str(c, "instance", name));
        List<String> unknown = Conf.apply(producer, Json.map(c, "conf"));
        Json.map(c, "checks").forEach((k, v) -> {
            @SuppressWarnings("unchecked")
            Map<String, Object> m = (Map<String, Object>) v;
            checks.put(k, Json.list(m, "check"));
            checkCount.put(k, new AtomicInteger((int) Json.num(m, "done", 0)));
        });
        impl = producer.getDefaultMQProducerImpl();
        impl.registerSendMessageHook(new Hook());
        // async sends leave from a pool of the client's: its threads, too, are to keep one round robin
        impl.setAsyncSenderExecutor(new Pool("async-"));
        producer.start();
        tryToFind = DefaultMQProducerImpl.class.getDeclaredMethod("tryToFindTopicPublishInfo", String.class);
        tryToFind.setAccessible(true);
        return Json.obj("ok", true, "unknown", unknown);
    }

    /** Loads classes, opens connections and warms the broker's write path, without touching the scenario's topics. */
    private static void warm(Map<String, Object> c) {
        try {
            for (Object t : Json.list(c, "topics")) {
                tryToFind.invoke(impl, t.toString());
            }
            for (MessageQueue mq : producer.fetchPublishMessageQueues("LabWarmup")) {
                for (int i = 0; i < 3; i++) {
                    Message m = new Message("LabWarmup", "warm".getBytes());
                    m.setWaitStoreMsgOK(false);
                    try {
                        producer.send(m, mq, 3000);
                    } catch (Exception e) {
                        System.err.println("warm-up: " + e);
                    }
                }
            }
            // start() knew no route yet, so nobody has had a heartbeat: without one there are no check-backs for up to 30 s
            impl.getMqClientFactory().sendHeartbeatToAllBrokerWithLock();
        } catch (Exception e) {
            System.err.println("warm-up: " + e);
        }
    }

    // ------------------------------------------------------------------ application threads

    /** Runs each task at once on its lowest idle thread, so that a task never waits and a lone thread keeps its round robin. */
    private static final class Pool extends AbstractExecutorService {
        private final String name;
        private final List<Worker> workers = new ArrayList<>();

        Pool(String name) {
            this.name = name;
        }

        @Override
        public void execute(Runnable r) {
            synchronized (workers) {
                for (Worker w : workers) {
                    if (w.pending.get() == 0) {
                        w.submit(r);
                        return;
                    }
                }
                if (workers.size() < maxThreads) {
                    Worker w = new Worker(name + workers.size());
                    workers.add(w);
                    w.start();
                    w.submit(r);
                } else {
                    workers.get(0).submit(r);
                }
            }
        }

        @Override
        public void shutdown() {
        }

        @Override
        public List<Runnable> shutdownNow() {
            return new ArrayList<>();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }

    private static final class Worker extends Thread {
        final LinkedBlockingQueue<Runnable> q = new LinkedBlockingQueue<>();
        final AtomicInteger pending = new AtomicInteger();

        Worker(String name) {
            super(name);
            setDaemon(true);
        }

        void submit(Runnable r) {
            pending.incrementAndGet();
            q.add(r);
        }

        @Override
        public void run() {
            try {
                while (true) {
                    Runnable r = q.take();
                    try {
                        r.run();
                    } catch (Throwable t) {
                        t.printStackTrace();
                    } finally {
                        pending.decrementAndGet();
                    }
                }
            } catch (InterruptedException e) {
                // ends
            }
        }
    }

    /** The client starts its round robin at a random queue, per thread: pinned to queue 0, so that recordings repeat. */
    private static void pinRoundRobin(String topic) {
        try {
            TopicPublishInfo info = impl.getTopicPublishInfoTable().get(topic);
            if (info == null) {
                info = (TopicPublishInfo) tryToFind.invoke(impl, topic);
            }
            if (info == null) {
                return;
            }
            Object index = info.getSendWhichQueue();
            if (pinned.add(index)) {
                // null means "pick a random start": every thread starts at -1 + 1 instead
                Conf.field(index.getClass(), "threadLocalIndex").set(index, ThreadLocal.withInitial(() -> -1));
            }
        } catch (ReflectiveOperationException | RuntimeException e) {
            System.err.println("round robin not pinned: " + e);
        }
    }

    // ------------------------------------------------------------------ sending

    static byte[] body(String label, int n) {
        byte[] b = new byte[n];
        new Random(label.hashCode()).nextBytes(b); // incompressible
        return b;
    }

    private static Message message(Map<String, Object> c) {
        String label = Json.str(c, "message", null);
        Message m = new Message(Json.str(c, "topic", null), body(label, (int) Json.num(c, "bodyBytes", 16)));
        if (c.get("tag") != null) {
            m.setTags(Json.str(c, "tag", null));
        }
        if (c.get("key") != null) {
            m.setKeys(Json.str(c, "key", null));
        }
        m.putUserProperty(StoreTap.LABEL, label);
        if (!Json.bool(c, "waitStoreMsgOK", true)) {
            m.setWaitStoreMsgOK(false);
        }
        if (Json.num(c, "delayLevel", 0) > 0) {
            m.setDelayTimeLevel((int) Json.num(c, "delayLevel", 0));
        }
        return m;
    }

    private static MessageQueue queueOf(Map<String, Object> c) {
        if (c.get("queue") == null) {
            return null;
        }
        int q = (int) Json.num(c, "queue", 0);
        String broker = Json.str(c, "broker", null);
        TopicPublishInfo info = impl.getTopicPublishInfoTable().get(Json.str(c, "topic", null));
        if (info != null) {
            List<MessageQueue> l = new ArrayList<>(info.getMessageQueueList());
            l.sort(null);
            for (MessageQueue mq : l) {
                if (mq.getQueueId() == q && (broker == null || broker.equals(mq.getBrokerName()))) {
                    return mq;
                }
            }
        }
        return new MessageQueue(Json.str(c, "topic", null), Json.str(c, "defaultBroker", "broker-a"), q);
    }

    private static void send(Map<String, Object> c) {
        String label = Json.str(c, "message", null);
        String mode = Json.str(c, "mode", "sync");
        String topic = Json.str(c, "topic", null);
        Message m = message(c);
        MessageQueue mq = queueOf(c);
        if (mq == null && !topic.contains(" ") && topic.length() <= 127) {
            pinRoundRobin(topic);
        }
        Map<String, Object> tx = c.get("transaction") == null ? null : Json.map(c, "transaction");
        if (tx != null) {
            locals.put(label, Json.str(tx, "local", "COMMIT_MESSAGE"));
            checks.put(label, Json.list(tx, "check"));
            checkCount.putIfAbsent(label, new AtomicInteger());
        }
        Wire.emit("send-called", "message", label, "producer", name, "mode", tx != null ? "transaction" : mode, "topic", topic);
        for (int again = 0; ; again++) {
            try {
                if (tx != null) {
                    TransactionSendResult r = ((TransactionMQProducer) producer).sendMessageInTransaction(m, label);
                    returned(label, r, null, r.getLocalTransactionState() == null ? null : r.getLocalTransactionState().name());
                } else if (mode.equals("oneway")) {
                    if (mq != null) {
                        producer.sendOneway(m, mq);
                    } else {
                        producer.sendOneway(m);
                    }
                    returned(label, null, null, null);
                } else if (mode.equals("async")) {
                    AtomicBoolean once = new AtomicBoolean();
                    SendCallback cb = new SendCallback() {
                        @Override
                        public void onSuccess(SendResult r) {
                            if (once.compareAndSet(false, true)) {
                                returned(label, r, null, null);
                            }
                        }

                        @Override
                        public void onException(Throwable e) {
                            if (once.compareAndSet(false, true)) {
                                returned(label, null, e, null);
                            }
                        }
                    };
                    if (mq != null) {
                        producer.send(m, mq, cb);
                    } else {
                        producer.send(m, cb);
                    }
                } else {
                    SendResult r = mq != null ? producer.send(m, mq) : producer.send(m);
                    returned(label, r, null, null);
                }
                return;
            } catch (Throwable e) {
                if (again < resend) {
                    Wire.emit("resend", "message", label, "exception", exception(e));
                    m = message(c); // the application builds a new message: a new msgId
                    continue;
                }
                returned(label, null, e, null);
                return;
            }
        }
    }

    private static void returned(String label, SendResult r, Throwable e, String local) {
        Object status = null;
        Object queue = null;
        Object offset = null;
        Object broker = null;
        if (r != null) {
            status = r.getSendStatus() == null ? null : r.getSendStatus().name();
            offset = r.getQueueOffset();
            if (r.getMessageQueue() != null) {
                queue = r.getMessageQueue().getQueueId();
                broker = r.getMessageQueue().getBrokerName();
            }
        }
        Wire.emit("send-returned", "message", label, "status", status, "queue", queue, "queueOffset", offset, "broker", broker,
            "exception", exception(e), "local", local);
    }

    static Map<String, Object> exception(Throwable e) {
        if (e == null) {
            return null;
        }
        Object code = null;
        if (e instanceof MQBrokerException) {
            code = ((MQBrokerException) e).getResponseCode();
        } else if (e instanceof MQClientException) {
            code = ((MQClientException) e).getResponseCode();
        }
        return Json.obj("class", e.getClass().getSimpleName(), "code", code, "message", e.getMessage());
    }

    private static final class Hook implements SendMessageHook {
        @Override
        public String hookName() {
            return "lab";
        }

        @Override
        public void sendMessageBefore(SendMessageContext x) {
            Message m = x.getMessage();
            String label = m == null ? null : m.getUserProperty(StoreTap.LABEL);
            if (label != null) {
                Wire.emit("request-sent", "message", label, "broker", x.getMq() == null ? null : x.getMq().getBrokerName(),
                    "queue", x.getMq() == null ? null : x.getMq().getQueueId());
            }
        }

        @Override
        public void sendMessageAfter(SendMessageContext x) {
            Message m = x.getMessage();
            String label = m == null ? null : m.getUserProperty(StoreTap.LABEL);
            if (label == null) {
                return;
            }
            Object outcome = null;
            if (x.getException() != null) {
                Exception e = x.getException();
                outcome = e instanceof MQBrokerException ? "MQBrokerException " + ((MQBrokerException) e).getResponseCode()
                    : e.getClass().getSimpleName();
            } else if (x.getSendResult() != null && x.getSendResult().getSendStatus() != null) {
                outcome = x.getSendResult().getSendStatus().name();
            }
            Wire.emit("attempt", "message", label, "broker", x.getMq() == null ? null : x.getMq().getBrokerName(),
                "queue", x.getMq() == null ? null : x.getMq().getQueueId(), "outcome", outcome);
        }
    }

    private static final class Listener implements TransactionListener {
        @Override
        public LocalTransactionState executeLocalTransaction(Message msg, Object arg) {
            String label = String.valueOf(arg);
            String s = locals.get(label);
            Wire.emit("local-transaction", "message", label, "state", s);
            return state(s);
        }

        @Override
        public LocalTransactionState checkLocalTransaction(MessageExt msg) {
            String label = msg.getUserProperty(StoreTap.LABEL);
            List<Object> l = label == null ? null : checks.get(label);
            int n = label == null ? 0 : checkCount.computeIfAbsent(label, k -> new AtomicInteger()).getAndIncrement();
            String s = l == null || l.isEmpty() ? "UNKNOW" : l.get(Math.min(n, l.size() - 1)).toString();
            Wire.emit("checked-back", "message", label, "state", s, "times", n + 1);
            return state(s);
        }

        private static LocalTransactionState state(String s) {
            if (s == null || s.equals("null")) {
                return null;
            }
            if (s.equals("throw")) {
                throw new IllegalStateException("scripted");
            }
            return s.startsWith("COMMIT") ? LocalTransactionState.COMMIT_MESSAGE
                : s.startsWith("ROLLBACK") ? LocalTransactionState.ROLLBACK_MESSAGE : LocalTransactionState.UNKNOW;
        }
    }
}
