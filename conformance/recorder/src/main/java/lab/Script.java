package lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The scenario's script: its steps at their instants, or after what they wait for. */
final class Script {
    private static final class Trigger {
        Map<String, Object> step;
        String event;
        String message;
        String node;
        long nth;
        long seen;
    }

    private final Map<String, Object> scenario;
    private final Cluster cluster;
    private final Faults faults;
    private final Seen seen;
    private final boolean verbose;
    private final List<Trigger> triggers = new ArrayList<>();
    private final ScheduledExecutorService script = Executors.newSingleThreadScheduledExecutor(r -> {
        Thread t = new Thread(r, "script");
        t.setDaemon(true);
        return t;
    });
    private int labels;
    private int ruleIds;

    Script(Map<String, Object> scenario, Cluster cluster, Faults faults, Seen seen, boolean verbose) {
        this.scenario = scenario;
        this.cluster = cluster;
        this.faults = faults;
        this.seen = seen;
        this.verbose = verbose;
        seen.tell(this::happened, this::halted);
        cluster.tell(this::armHalt);
    }

    /** Steps that wait for an instant. Those that wait for an event are armed before the cluster is brought up. */
    void schedule() {
        for (Map<String, Object> step : Json.maps(scenario, "script")) {
            if (step.get("after") == null) {
                at(Json.real(step, "at", 0), () -> fire(step));
            }
        }
    }

    private String firstTopic() {
        return cluster.topics.get(0).get("name").toString();
    }

    /** A broker's store has ended its process right after an append. */
    private void halted(Node n, String message) {
        synchronized (this) {
            triggers.forEach(x -> {
                if (isHalt(x) && x.message.equals(message)) {
                    x.seen = 1;
                }
            });
        }
        n.up = false;
        cluster.closeDoors(n);
        seen.fault("crash", n.name);
        seen.happened("node-down", n.name, null);
    }

    private void at(double ms, Runnable r) {
        long due = seen.at(ms) - System.nanoTime();
        script.schedule(() -> {
            try {
                r.run();
            } catch (Throwable t) {
                t.printStackTrace();
                seen.note("step failed: " + t);
            }
        }, Math.max(0, due), TimeUnit.NANOSECONDS);
    }

    void armTriggers() {
        for (Map<String, Object> step : Json.maps(scenario, "script")) {
            if (step.get("after") == null) {
                continue;
            }
            Map<String, Object> a = Json.map(step, "after");
            Trigger t = new Trigger();
            t.step = step;
            t.event = Json.str(a, "event", null);
            t.message = Json.str(a, "message", null);
            t.node = Json.str(a, "node", null);
            t.nth = Json.num(a, "nth", 1);
            if (!Set.of("send-called", "request-sent", "send-returned", "delivered", "consumed", "appended", "flushed", "pulled", "checked-back",
                "node-down", "node-up", "link-down", "link-up").contains(t.event)) {
                seen.unsupported.add("after " + t.event + " (not visible from outside)");
                continue;
            }
            triggers.add(t);
        }
    }

    /** "Crash right after the append" must beat the reply: the plug-in halts the process by itself. */
    private static boolean isHalt(Trigger t) {
        return t.event.equals("appended") && t.message != null && Json.str(t.step, "do", "").equals("crash") && t.nth == 1;
    }

    private void armHalt(Node n) {
        synchronized (this) {
            for (Trigger t : triggers) {
                if (isHalt(t) && t.seen == 0 && Json.str(t.step, "node", "").equals(n.name) && (t.node == null || t.node.equals(n.name))) {
                    n.child.ask(Json.obj("cmd", "halt-on-append", "message", t.message));
                }
            }
        }
    }

    private void happened(String kind, String node, String message) {
        if (!seen.running()) {
            return;
        }
        List<Trigger> hit = new ArrayList<>();
        synchronized (this) {
            for (Trigger t : triggers) {
                if (t.event.equals(kind) && (t.message == null || t.message.equals(message)) && (t.node == null || t.node.equals(node))
                    && !isHalt(t) && t.seen < t.nth && ++t.seen == t.nth) {
                    hit.add(t);
                }
            }
        }
        for (Trigger t : hit) {
            script.execute(() -> fire(t.step));
        }
    }

    private void fire(Map<String, Object> step) {
        if (!seen.running()) {
            return;
        }
        String what = Json.str(step, "do", "");
        if (verbose) {
            System.err.println(seen.now() + " " + Json.write(step));
        }
        try {
            switch (what) {
                case "send": {
                    int count = (int) Json.num(step, "count", 1);
                    double every = Json.real(step, "everyMs", 0);
                    double now = step.get("after") == null ? Json.real(step, "at", 0) : (System.nanoTime() - seen.at(0)) / 1e6;
                    send(step);
                    for (int i = 1; i < count; i++) {
                        at(now + i * every, () -> send(step));
                    }
                    return;
                }
                case "crash":
                    onNode(step, n -> faults.crash(n, "crash"));
                    return;
                case "power-loss":
                    onNode(step, faults::powerLoss);
                    return;
                case "destroy-disk":
                    onNode(step, faults::destroyDisk);
                    return;
                case "stop":
                    onNode(step, faults::stop);
                    return;
                case "restart":
                    onNode(step, faults::restart);
                    return;
                case "pause":
                    onNode(step, faults::pause);
                    return;
                case "resume":
                    onNode(step, faults::resume);
                    return;
                case "stall-disk":
                case "release-disk":
                    onNode(step, n -> faults.disk(n, what));
                    return;
                case "fail-disk":
                    onNode(step, n -> faults.disk(n, what, "times", Json.num(step, "times", 1)));
                    return;
                case "fill-disk":
                    onNode(step, n -> faults.disk(n, what, "ratio", Json.real(step, "ratio", 0)));
                    return;
                case "expire-files":
                    onNode(step, n -> faults.expireFiles(n, Json.str(step, "topic", firstTopic()), Json.num(step, "queue", 0),
                        Json.num(step, "upTo", 0)));
                    return;
                case "partition":
                case "heal": {
                    List<Object> b = Json.list(step, "between");
                    cluster.net.cut(b.get(0).toString(), b.get(1).toString(), what.equals("partition"));
                    seen.fault(what, b.get(0) + " - " + b.get(1));
                    seen.happened(what.equals("partition") ? "link-down" : "link-up", b.get(0).toString(), null);
                    return;
                }
                case "drop":
                    cluster.net.drop(Json.str(step, "from", ""), Json.str(step, "to", ""), (int) Json.num(step, "count", 1));
                    seen.fault(what, step.get("from") + " > " + step.get("to"));
                    return;
                case "set-link": {
                    List<Object> b = Json.list(step, "between");
                    cluster.net.latency(b.get(0).toString(), b.get(1).toString(), Json.real(step, "latencyMs", 0));
                    return;
                }
                case "consume-result": {
                    Node n = cluster.need(Json.str(step, "consumer", cluster.first("consumer")));
                    Map<String, Object> r = new LinkedHashMap<>(step);
                    if ("all".equals(r.get("message"))) {
                        r.remove("message");
                    }
                    if ("all".equals(r.get("times"))) {
                        r.remove("times");
                    }
                    synchronized (n.rules) {
                        r.put("rule", (long) ruleIds++);
                        n.rules.add(new LinkedHashMap<>(r));
                    }
                    r.put("cmd", "rule");
                    if (n.child != null && n.child.alive()) {
                        n.child.ask(r);
                    }
                    return;
                }
                case "process-time": {
                    Node n = cluster.need(Json.str(step, "consumer", cluster.first("consumer")));
                    n.spec.put("processMs", Json.num(step, "ms", 0));
                    n.child.ask(Json.obj("cmd", "process-time", "ms", Json.num(step, "ms", 0)));
                    return;
                }
                case "start-consumer":
                case "stop-consumer": {
                    Node n = cluster.need(Json.str(step, "consumer", cluster.first("consumer")));
                    n.exec.submit(() -> {
                        try {
                            if (what.equals("stop-consumer")) {
                                n.started = false;
                                cluster.complain(n, n.child.ask(30_000, "cmd", "stop"), what);
                            } else if (!n.up) {
                                n.started = true;
                                cluster.complain(n, cluster.startNode(n), what);
                            } else {
                                n.started = true;
                                cluster.complain(n, n.child.ask(30_000, "cmd", "start"), what);
                            }
                        } catch (Throwable t) {
                            seen.note(what + " " + n.name + ": " + t);
                        }
                    });
                    return;
                }
                case "pull":
                    pull(step);
                    return;
                case "set-conf":
                    onNode(step, n -> faults.setConf(n, Json.map(step, "conf")));
                    return;
                default:
                    seen.unsupported.add("do " + what);
            }
        } catch (RuntimeException e) {
            seen.note(what + ": " + e.getMessage());
        }
    }

    private interface Act {
        void on(Node n) throws Exception;
    }

    private void onNode(Map<String, Object> step, Act a) {
        Node n = cluster.need(Json.str(step, "node", null));
        n.exec.submit(() -> {
            try {
                a.on(n);
            } catch (Throwable t) {
                t.printStackTrace();
                seen.note(Json.str(step, "do", "") + " " + n.name + ": " + seen.clean(t.toString()));
            }
        });
    }

    private void send(Map<String, Object> step) {
        if (!seen.running()) {
            return;
        }
        String label = "m" + ++labels;
        Node n = cluster.need(Json.str(step, "producer", cluster.first("producer")));
        if (!n.up || n.child == null || !n.child.alive()) {
            seen.note(label + " was not sent: " + n.name + " is down");
            return;
        }
        Map<String, Object> c = new LinkedHashMap<>(step);
        c.put("cmd", "send");
        c.put("message", label);
        c.putIfAbsent("topic", firstTopic());
        c.put("defaultBroker", Json.str(Json.maps(scenario, "brokers").isEmpty() ? Json.obj() : Json.maps(scenario, "brokers").get(0), "name", "broker-a"));
        if (step.get("transaction") != null) {
            List<Object> check = Json.list(Json.map(step, "transaction"), "check");
            for (Node o : cluster.nodes.values()) {
                if (o.kind.equals("producer") && Json.str(o.spec, "group", "PG").equals(Json.str(n.spec, "group", "PG"))) {
                    o.checks.put(label, Json.obj("check", check, "done", 0L));
                    if (o != n && o.child != null && o.child.alive() && !o.paused) {
                        o.child.ask(Json.obj("cmd", "checks", "message", label, "check", check));
                    }
                }
            }
        }
        n.child.ask(c);
    }

    private void pull(Map<String, Object> step) {
        Node n = cluster.need(Json.str(step, "consumer", cluster.first("consumer")));
        String bn = Json.str(step, "broker", null);
        Node b = bn != null ? cluster.need(bn) : cluster.nodes.values().stream().filter(x -> x.kind.equals("broker")).findFirst().get();
        Seen.Pull p = new Seen.Pull();
        p.group = Json.str(n.spec, "group", "CG");
        p.topic = Json.str(step, "topic", firstTopic());
        p.queue = Json.num(step, "queue", 0);
        p.offset = Json.num(step, "offset", 0);
        p.node = b.name;
        double t = seen.now();
        p.record = Json.obj("consumer", n.name, "topic", p.topic, "broker", b.name, "queue", p.queue, "offset", p.offset,
            "status", null, "pullStatus", null, "nextBeginOffset", null, "t", t, "by", "script");
        seen.asked(p);
        n.child.ask(Json.obj("cmd", "pull", "addr", "127.0.0.1:" + b.pub, "topic", p.topic, "queue", p.queue, "offset", p.offset,
            "tags", Json.str(step, "tags", "*"))).thenAccept(a -> seen.answered(p, a));
    }
}
