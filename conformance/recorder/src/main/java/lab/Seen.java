package lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import lab.ver.Ver;

/** What could be seen of a run from outside, as it came in; in the end, the recording. */
final class Seen {
    /** Somebody waits for things to happen: the script. */
    interface Listener {
        void on(String kind, String node, String message);
    }

    /** One of the script's own pulls, until the broker's store has said what it makes of it. */
    static final class Pull {
        String group;
        String topic;
        long queue;
        long offset;
        String node;
        String status;
        Map<String, Object> record;
    }

    private final Map<String, Object> scenario;
    private final Path work;
    private final Map<String, Node> nodes;
    private final String powerLoss;
    /** What an address is called in a recording. */
    final Map<String, String> names = new LinkedHashMap<>();
    final Set<String> topics = new HashSet<>();
    final List<String> unsupported = new ArrayList<>();
    /** Queues that a group has been answered for, empty or not: group|topic|node|queue. */
    final Set<String> served = ConcurrentHashMap.newKeySet();
    private final List<String> notes = new ArrayList<>();
    private final Map<String, Map<String, Object>> sends = new LinkedHashMap<>();
    private final Map<String, Map<String, Object>> deliveries = new LinkedHashMap<>();
    private final List<Map<String, Object>> pulls = new ArrayList<>();
    private final Map<String, String> lastPull = new TreeMap<>();
    private final List<Pull> openPulls = new ArrayList<>();
    private final List<Map<String, Object>> checksSeen = new ArrayList<>();
    private final List<Map<String, Object>> faults = new ArrayList<>();
    private Listener listener = (kind, node, message) -> { };
    private BiConsumer<Node, String> halted = (node, message) -> { };
    /** t = 0 on the machine's clock; 0 before. */
    private volatile long base;
    private volatile boolean running;

    Seen(Map<String, Object> scenario, Path work, Map<String, Node> nodes, boolean powerLossFin) {
        this.scenario = scenario;
        this.work = work;
        this.nodes = nodes;
        this.powerLoss = powerLossFin ? "fin" : "silent";
    }

    /** Who is told of everything that happens, and of brokers whose store has halted them right after an append. */
    void tell(Listener listener, BiConsumer<Node, String> halted) {
        this.listener = listener;
        this.halted = halted;
    }

    /** From here on it counts. What happened while the cluster came up is not part of the trace. */
    synchronized void begin(long base) {
        this.base = base;
        running = true;
        sends.clear();
        deliveries.clear();
        pulls.clear();
        lastPull.clear();
    }

    void end() {
        running = false;
    }

    boolean running() {
        return running;
    }

    /** When the scenario's instant `ms` is, on the machine's clock. */
    long at(double ms) {
        return base + (long) (ms * 1e6);
    }

    double now() {
        return ms(System.nanoTime());
    }

    void happened(String kind, String node, String message) {
        if (running) {
            listener.on(kind, node, message);
        }
    }

    synchronized void asked(Pull pull) {
        openPulls.add(pull);
        pulls.add(pull.record);
    }

    synchronized void answered(Pull pull, Map<String, Object> answer) {
        pull.record.put("pullStatus", answer.get("pullStatus"));
        pull.record.put("nextBeginOffset", answer.get("next"));
        if (answer.get("exception") != null) {
            pull.record.put("exception", cleanException(answer.get("exception")));
        }
        if (answer.get("error") != null) {
            pull.record.put("error", clean(answer.get("error").toString()));
        }
    }

    /** A restart's `up`: a JVM takes its seconds. */
    synchronized void up(Map<String, Object> fault) {
        fault.put("up", now());
    }

    private double ms(long nano) {
        return Math.round((nano - base) / 1e5) / 10.0;
    }

    Map<String, Object> fault(String what, String where) {
        Map<String, Object> f = Json.obj("t", now(), "do", what, "on", where);
        synchronized (this) {
            faults.add(f);
        }
        return f;
    }

    void onEvent(Node n, int inc, Map<String, Object> e) {
        String ev = Json.str(e, "ev", "");
        double t = ms(Json.num(e, "n", 0));
        String message = Json.str(e, "message", null);
        if (!running && !ev.equals("get")) {
            // answers that come in while the trace is being written still count if they are older than its end
            if (base == 0 || t > Json.num(scenario, "until", 60_000)) {
                return;
            }
        }
        switch (ev) {
            case "send-called":
                synchronized (this) {
                    sends.put(message, Json.obj("message", message, "producer", n.name, "mode", e.get("mode"), "called", t, "returned", null,
                        "status", null, "exception", null, "attempts", new ArrayList<Object>(), "queue", null, "queueOffset", null,
                        "broker", null));
                }
                happened(ev, n.name, message);
                break;
            case "request-sent":
                synchronized (this) {
                    Map<String, Object> s = sends.get(message);
                    if (s != null) {
                        Json.list(s, "attempts").add(Json.obj("broker", e.get("broker"), "queue", e.get("queue"), "outcome", null));
                    }
                }
                happened(ev, n.name, message);
                break;
            case "attempt":
                synchronized (this) {
                    Map<String, Object> s = sends.get(message);
                    if (s != null) {
                        for (Map<String, Object> a : Json.maps(s, "attempts")) {
                            if (a.get("outcome") == null) {
                                a.put("outcome", e.get("outcome"));
                                break;
                            }
                        }
                    }
                }
                break;
            case "resend":
                synchronized (this) {
                    Map<String, Object> s = sends.get(message);
                    if (s != null) {
                        s.put("resends", Json.num(s, "resends", 0) + 1);
                    }
                }
                break;
            case "send-returned":
                synchronized (this) {
                    Map<String, Object> s = sends.get(message);
                    if (s != null) {
                        s.put("returned", t);
                        s.put("status", e.get("status"));
                        s.put("exception", cleanException(e.get("exception")));
                        s.put("queue", e.get("queue"));
                        s.put("queueOffset", e.get("queueOffset"));
                        s.put("broker", e.get("broker"));
                        if (e.get("local") != null) {
                            s.put("localTransactionState", e.get("local"));
                        }
                    }
                }
                happened(ev, n.name, message);
                break;
            case "delivered":
                synchronized (this) {
                    deliveries.put(n.name + "#" + inc + "#" + e.get("d"), Json.obj("message", message, "consumer", n.name, "t", t, "done", null,
                        "reconsumeTimes", e.get("reconsumeTimes"), "result", null, "topic", e.get("topic"), "broker", e.get("broker"),
                        "queue", e.get("queue"), "queueOffset", e.get("queueOffset")));
                }
                happened(ev, n.name, message);
                break;
            case "hanging":
                synchronized (this) {
                    Map<String, Object> d = deliveries.get(n.name + "#" + inc + "#" + e.get("d"));
                    if (d != null) {
                        d.put("result", "hang");
                    }
                }
                break;
            case "consumed":
                synchronized (this) {
                    Map<String, Object> d = deliveries.get(n.name + "#" + inc + "#" + e.get("d"));
                    if (d != null) {
                        d.put("done", t);
                        d.put("result", e.get("result"));
                    }
                }
                happened(ev, n.name, message);
                break;
            case "rule-used":
                synchronized (n.rules) {
                    for (Map<String, Object> r : n.rules) {
                        if (r.get("times") != null && Json.num(r, "rule", -1) == Json.num(e, "rule", -2)) {
                            r.put("times", Json.num(r, "times", 1) - 1);
                        }
                    }
                }
                break;
            case "checked-back":
            case "local-transaction":
                synchronized (this) {
                    checksSeen.add(Json.obj("t", t, "kind", ev, "message", message, "producer", n.name, "state", e.get("state")));
                    if (ev.equals("checked-back") && n.checks.get(message) != null) {
                        @SuppressWarnings("unchecked")
                        Map<String, Object> c = (Map<String, Object>) n.checks.get(message);
                        c.put("done", Json.num(e, "times", 1));
                    }
                }
                happened(ev, n.name, message);
                break;
            case "get":
                onGet(n, e, t);
                break;
            case "halted":
                halted.accept(n, message);
                break;
            case "appended":
            case "flushed":
                happened(ev, n.name, message);
                break;
            default:
        }
    }

    private void onGet(Node n, Map<String, Object> e, double t) {
        String topic = Json.str(e, "topic", "");
        String group = Json.str(e, "group", "");
        boolean retry = topic.startsWith("%RETRY%");
        if (!topics.contains(topic) && !retry || group.equals("LAB_CONTENTS")) {
            return;
        }
        String key = group + "|" + topic + "|" + n.name + "|" + e.get("queue");
        served.add(key);
        String val = e.get("offset") + "|" + e.get("status") + "|" + e.get("next");
        String who = null;
        int members = 0;
        for (Node x : nodes.values()) {
            if (x.kind.equals("consumer") && Json.str(x.spec, "group", "CG").equals(group)) {
                members++;
                who = x.name;
            }
        }
        synchronized (this) {
            for (Pull p : openPulls) {
                if (p.status == null && p.group.equals(group) && p.topic.equals(topic) && p.node.equals(n.name)
                    && p.queue == Json.num(e, "queue", -1) && p.offset == Json.num(e, "offset", -1)) {
                    p.status = Json.str(e, "status", "null");
                    p.record.put("status", e.get("status"));
                    openPulls.remove(p);
                    return;
                }
            }
            if (val.equals(lastPull.put(key, val))) {
                return; // the same long poll again
            }
            if (running) {
                pulls.add(Json.obj("consumer", members == 1 ? who : group, "topic", topic, "broker", n.name, "queue", e.get("queue"),
                    "offset", e.get("offset"), "status", e.get("status"), "pullStatus", pullStatus(Json.str(e, "status", "")),
                    "nextBeginOffset", e.get("next"), "t", t));
            }
        }
        happened("pulled", n.name, null);
    }

    /** What the broker's response code makes of it at the client (sections C.1, C.2 of the reference; of a master only). */
    private static String pullStatus(String s) {
        switch (s) {
            case "FOUND":
                return "FOUND";
            case "NO_MATCHED_MESSAGE":
            case "MESSAGE_WAS_REMOVING":
                return "NO_MATCHED_MSG";
            case "OFFSET_TOO_SMALL":
            case "OFFSET_OVERFLOW_BADLY":
            case "OFFSET_RESET":
                return "OFFSET_ILLEGAL";
            case "OFFSET_OVERFLOW_ONE":
            case "OFFSET_FOUND_NULL":
                return "NO_NEW_MSG";
            default:
                return null; // NO_MESSAGE_IN_QUEUE, NO_MATCHED_LOGIC_QUEUE: depends on the offset
        }
    }

    void note(String s) {
        String c = clean(s);
        synchronized (notes) {
            if (!notes.contains(c)) {
                notes.add(c);
            }
        }
        System.err.println("note: " + s);
    }

    /** No port, path, date or duration may leak into a recording. */
    String clean(String s) {
        if (s == null) {
            return null;
        }
        for (Map.Entry<String, String> e : names.entrySet()) {
            s = s.replace(e.getKey(), e.getValue());
        }
        s = s.replace(work.toString(), "<work>");
        s = s.replaceAll("cost \\[\\d+\\]ms", "cost [*]ms").replaceAll("cost=\\d+", "cost=*").replaceAll("\\b\\d+\\s?\\(ms\\)", "*(ms)")
            .replaceAll("\\b\\d+\\s?ms\\b", "*ms").replaceAll("(CL|CQ|INDEX): +-?[0-9.E-]+", "$1: *").replaceAll("size of queue: \\d+", "size of queue: *")
            .replaceAll("127\\.0\\.0\\.1:\\d+", "<addr>").replaceAll("\\b[0-9A-F]{32}\\b", "<id>");
        return s;
    }

    private Object cleanException(Object e) {
        if (e == null) {
            return null;
        }
        @SuppressWarnings("unchecked")
        Map<String, Object> m = new LinkedHashMap<>((Map<String, Object>) e);
        m.put("message", clean(Json.str(m, "message", null)));
        return m;
    }

    Map<String, Object> trace(String failed) {
        running = false;
        List<Map<String, Object>> offsets = new ArrayList<>();
        List<Object> contents = new ArrayList<>();
        List<Object> queues = new ArrayList<>();
        for (Node n : nodes.values()) {
            if (!n.kind.equals("broker") || !n.up || n.paused || n.child == null || !n.child.alive() || failed != null) {
                continue;
            }
            if (n.brokerId == 0) {
                Map<String, Object> o = Json.map(n.child.ask(5000, "cmd", "offsets"), "offsets");
                for (String k : new TreeMap<>(o).keySet()) {
                    int i = k.indexOf('@');
                    String topic = k.substring(0, i);
                    String group = k.substring(i + 1);
                    if (!topics.contains(topic) && !topic.startsWith("%RETRY%") || group.contains("@")) {
                        continue;
                    }
                    Map<String, Object> q = Json.map(o, k);
                    for (String qi : new TreeMap<>(q).keySet()) {
                        offsets.add(Json.obj("group", group, "topic", topic, "broker", n.brokerName, "queue", Long.parseLong(qi), "committed", q.get(qi)));
                    }
                }
            }
            Map<String, Object> c = n.child.ask(10_000, "cmd", "contents");
            for (Map<String, Object> m : Json.maps(c, "contents")) {
                Map<String, Object> r = Json.obj("node", n.name);
                r.putAll(m);
                contents.add(r);
            }
            for (Map<String, Object> m : Json.maps(c, "queues")) {
                Map<String, Object> r = Json.obj("node", n.name);
                r.putAll(m);
                queues.add(r);
            }
        }
        Map<String, Object> out = Json.obj("format", "loss-lab-trace/1", "profile", Json.str(scenario, "profile", "5.3"),
            "end", Json.num(scenario, "until", 60_000));
        synchronized (this) {
            List<Map<String, Object>> s = new ArrayList<>(sends.values());
            s.sort(Comparator.comparingInt(m -> Integer.parseInt(m.get("message").toString().substring(1))));
            List<Map<String, Object>> d = new ArrayList<>(deliveries.values());
            d.sort(Comparator.comparingDouble(m -> ((Number) m.get("t")).doubleValue()));
            List<Map<String, Object>> p = new ArrayList<>(pulls);
            p.sort(Comparator.comparingDouble(m -> ((Number) m.get("t")).doubleValue()));
            out.put("sends", s);
            out.put("pulls", p);
            out.put("deliveries", d);
            out.put("offsets", offsets);
            Map<String, Object> rec = Json.obj("rocketmq", Ver.ROCKETMQ, "java", String.valueOf(Runtime.version().feature()),
                "recorder", 1L, "complete", failed == null && unsupported.isEmpty());
            if (failed != null) {
                rec.put("failed", clean(failed));
            }
            rec.put("unsupported", unsupported);
            rec.put("powerLoss", powerLoss);
            out.put("recorded", rec);
            out.put("faults", new ArrayList<>(faults));
            out.put("transactions", new ArrayList<>(checksSeen));
            out.put("queues", queues);
            out.put("contents", contents);
        }
        synchronized (notes) {
            out.put("notes", new ArrayList<>(notes));
        }
        return out;
    }
}
