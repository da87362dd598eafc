package lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import lab.ver.Ver;
import org.apache.rocketmq.client.ClientConfig;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.PullResult;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyContext;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.ConsumeOrderlyContext;
import org.apache.rocketmq.client.consumer.listener.ConsumeOrderlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.consumer.listener.MessageListenerOrderly;
import org.apache.rocketmq.client.impl.MQClientManager;
import org.apache.rocketmq.client.impl.consumer.ProcessQueue;
import org.apache.rocketmq.client.impl.factory.MQClientInstance;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;

/** One consumer application in a child JVM. */
public final class ConsumerAgent {
    private static Map<String, Object> spec;
    private static String name;
    private static volatile long processMs;
    private static DefaultMQPushConsumer consumer;
    private static MQClientInstance puller;
    private static final AtomicLong ids = new AtomicLong();
    private static final List<Rule> rules = new ArrayList<>();

    private static final class Rule {
        String message;
        long left;
        long id;
        String result;
        Long delayLevel;
        Long ackIndex;
    }

    public static void main(String[] args) throws Exception {
        Wire.init();
        Wire.serve((cmd, c) -> {
            switch (cmd) {
                case "init":
                    spec = c;
                    name = Json.str(c, "name", "c1");
                    processMs = Json.num(c, "processMs", 0);
                    for (Map<String, Object> r : Json.maps(c, "rules")) {
                        addRule(r);
                    }
                    return Wire.ok();
                case "start":
                    return start();
                case "stop":
                    new Thread(() -> {
                        if (consumer != null) {
                            consumer.shutdown();
                            consumer = null;
                        }
                        Wire.reply(c, Wire.ok());
                    }, "lab-stop").start();
                    return null;
                case "assigned":
                    return assigned();
                case "rule":
                    addRule(c);
                    return Wire.ok();
                case "process-time":
                    processMs = Json.num(c, "ms", 0);
                    return Wire.ok();
                case "set-conf":
                    return Json.obj("unknown", consumer == null ? new ArrayList<>() : Conf.apply(consumer, Json.map(c, "conf")));
                case "pull":
                    new Thread(() -> pull(c), "lab-pull").start();
                    return null;
                default:
                    return Json.obj("error", "unknown command " + cmd);
            }
        });
    }

    private static Map<String, Object> start() throws Exception {
        if (consumer != null) {
            return Wire.ok();
        }
        DefaultMQPushConsumer k = new DefaultMQPushConsumer(Json.str(spec, "group", "CG"));
        k.setNamesrvAddr(Json.str(spec, "namesrv", null));
        k.setClientIP("127.0.0.1");
        k.setInstanceName(Json.str(spec, "instance", name));
        Conf.set(k, "messageModel", Json.str(spec, "model", "CLUSTERING"));
        List<String> unknown = Conf.apply(k, Json.map(spec, "conf"));
        k.subscribe(Json.str(spec, "topic", null), Json.str(spec, "tags", "*"));
        if (Json.str(spec, "listener", "concurrently").equals("orderly")) {
            boolean autoCommit = Json.bool(spec, "autoCommit", true);
            k.registerMessageListener((MessageListenerOrderly) (msgs, x) -> orderly(msgs, x, autoCommit));
        } else {
            k.registerMessageListener((MessageListenerConcurrently) ConsumerAgent::concurrently);
        }
        k.start();
        consumer = k;
        return Json.obj("ok", true, "unknown", unknown);
    }

    private static Map<String, Object> assigned() {
        int n = 0;
        int locked = 0;
        List<Object> l = new ArrayList<>();
        if (consumer != null) {
            for (Map.Entry<MessageQueue, ProcessQueue> e
                : consumer.getDefaultMQPushConsumerImpl().getRebalanceImpl().getProcessQueueTable().entrySet()) {
                if (e.getKey().getTopic().equals(Json.str(spec, "topic", null))) {
                    n++;
                    l.add(e.getKey().getBrokerName() + "/" + e.getKey().getQueueId());
                    if (e.getValue().isLocked()) {
                        locked++;
                    }
                }
            }
        }
        return Json.obj("assigned", n, "locked", locked, "queues", l);
    }

    // ------------------------------------------------------------------ scripted results

    private static void addRule(Map<String, Object> c) {
        Rule r = new Rule();
        r.message = Json.str(c, "message", null);
        r.id = Json.num(c, "rule", -1);
        r.left = c.get("times") == null ? Long.MAX_VALUE : Json.num(c, "times", 1);
        r.result = c.containsKey("result") && c.get("result") == null ? "null" : Json.str(c, "result", "CONSUME_SUCCESS");
        r.delayLevel = c.get("delayLevelWhenNextConsume") == null ? null : Json.num(c, "delayLevelWhenNextConsume", 0);
        r.ackIndex = c.get("ackIndex") == null ? null : Json.num(c, "ackIndex", 0);
        synchronized (rules) {
            if (c.get("times") == null) {
                // an unlimited rule replaces what was said about the same messages before
                rules.removeIf(o -> r.message == null || r.message.equals(o.message));
            }
            rules.add(r);
        }
    }

    /** Rules about one message before rules about all, and the older before the newer. */
    private static Rule take(List<String> labels) {
        synchronized (rules) {
            for (int pass = 0; pass < 2; pass++) {
                for (Rule r : rules) {
                    if (r.left > 0 && (pass == 0 ? r.message != null && labels.contains(r.message) : r.message == null)) {
                        if (r.left != Long.MAX_VALUE) {
                            r.left--;
                            Wire.emit("rule-used", "rule", r.id);
                        }
                        return r;
                    }
                }
            }
        }
        return null;
    }

    private static final class Call {
        final List<Long> d = new ArrayList<>();
        final List<String> labels = new ArrayList<>();
        Rule rule;
    }

    private static Call begin(List<MessageExt> msgs) {
        Call k = new Call();
        for (MessageExt m : msgs) {
            long id = ids.incrementAndGet();
            String label = m.getUserProperty(StoreTap.LABEL);
            k.d.add(id);
            k.labels.add(label);
            Wire.emit("delivered", "d", id, "message", label, "consumer", name, "reconsumeTimes", m.getReconsumeTimes(),
                "topic", m.getTopic(), "queue", m.getQueueId(), "queueOffset", m.getQueueOffset(), "broker", m.getBrokerName(),
                "msgId", m.getMsgId());
        }
        k.rule = take(k.labels);
        return k;
    }

    private static String work(Call k, String dflt) throws InterruptedException {
        String result = k.rule == null ? dflt : k.rule.result;
        if (result.equals("hang")) {
            for (long id : k.d) {
                Wire.emit("hanging", "d", id);
            }
            new CountDownLatch(1).await();
        }
        if (processMs > 0) {
            Thread.sleep(processMs);
        }
        return result;
    }

    private static void end(Call k, String result) {
        for (int i = 0; i < k.d.size(); i++) {
            Wire.emit("consumed", "d", k.d.get(i), "message", k.labels.get(i), "consumer", name, "result", result);
        }
    }

    private static ConsumeConcurrentlyStatus concurrently(List<MessageExt> msgs, ConsumeConcurrentlyContext x) {
        Call k = begin(msgs);
        String r;
        try {
            r = work(k, "CONSUME_SUCCESS");
        } catch (InterruptedException e) {
            end(k, "throw"); // what RocketMQ makes of an exception
            throw new IllegalStateException("interrupted", e);
        }
        if (k.rule != null && k.rule.delayLevel != null) {
            x.setDelayLevelWhenNextConsume(k.rule.delayLevel.intValue());
        }
        if (k.rule != null && k.rule.ackIndex != null) {
            x.setAckIndex(k.rule.ackIndex.intValue());
        }
        end(k, r);
        switch (r) {
            case "null":
                return null;
            case "throw":
                throw new IllegalStateException("scripted");
            case "SUCCESS":
                return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
            default:
                return ConsumeConcurrentlyStatus.valueOf(r);
        }
    }

    private static ConsumeOrderlyStatus orderly(List<MessageExt> msgs, ConsumeOrderlyContext x, boolean autoCommit) {
        Call k = begin(msgs);
        x.setAutoCommit(autoCommit);
        String r;
        try {
            r = work(k, "SUCCESS");
        } catch (InterruptedException e) {
            end(k, "throw"); // what RocketMQ makes of an exception
            throw new IllegalStateException("interrupted", e);
        }
        end(k, r);
        switch (r) {
            case "null":
                return null;
            case "throw":
                throw new IllegalStateException("scripted");
            case "CONSUME_SUCCESS":
                return ConsumeOrderlyStatus.SUCCESS;
            default:
                return ConsumeOrderlyStatus.valueOf(r);
        }
    }

    // ------------------------------------------------------------------ a raw pull

    private static void pull(Map<String, Object> c) {
        try {
            synchronized (ConsumerAgent.class) {
                if (puller == null) {
                    ClientConfig cc = new ClientConfig();
                    cc.setNamesrvAddr(Json.str(spec, "namesrv", null));
                    cc.setClientIP("127.0.0.1");
                    cc.setInstanceName("pull-" + name);
                    puller = MQClientManager.getInstance().getOrCreateMQClientInstance(cc);
                    puller.start();
                }
            }
            PullResult r = Ver.pull(puller, Json.str(c, "addr", null), Json.str(spec, "group", "CG"), Json.str(c, "topic", null),
                (int) Json.num(c, "queue", 0), Json.num(c, "offset", 0), Json.str(c, "tags", "*"), 5000);
            Wire.reply(c, Json.obj("pullStatus", r.getPullStatus().name(), "next", r.getNextBeginOffset(), "min", r.getMinOffset(),
                "max", r.getMaxOffset()));
        } catch (Throwable e) {
            e.printStackTrace();
            Wire.reply(c, Json.obj("exception", ProducerAgent.exception(e)));
        }
    }
}
