package lab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import lab.ver.Ver;

/** The child processes of a scenario: which there are, how they are started, and when all of them are ready. */
final class Cluster {
    final Map<String, Node> nodes;
    final Net net = new Net();
    final List<Map<String, Object>> topics = new ArrayList<>();
    private final Map<String, Object> scenario;
    private final Path work;
    private final Seen seen;
    private final int appThreads;
    private final boolean verbose;
    private final Random random = new Random();
    private final Set<Integer> taken = new HashSet<>();
    private final ExecutorService pool = Executors.newCachedThreadPool(r -> {
        Thread t = new Thread(r, "pool");
        t.setDaemon(true);
        return t;
    });
    private Consumer<Node> brokerUp = n -> { };
    private Node ns;
    private int masters;

    Cluster(Map<String, Object> scenario, Path work, Map<String, Node> nodes, Seen seen, int appThreads, boolean verbose) {
        this.scenario = scenario;
        this.work = work;
        this.nodes = nodes;
        this.seen = seen;
        this.appThreads = appThreads;
        this.verbose = verbose;
    }

    /** Who is told when a broker's process is up. */
    void tell(Consumer<Node> brokerUp) {
        this.brokerUp = brokerUp;
    }

    /** The processes and links that the scenario names; nothing runs yet. */
    void build() throws IOException {
        String want = Json.str(scenario, "profile", "5.3");
        if (!Ver.ROCKETMQ.startsWith(want)) {
            throw new IllegalStateException("the scenario wants " + want + ", the class path has " + Ver.ROCKETMQ);
        }
        List<Map<String, Object>> ts = Json.maps(scenario, "topics");
        if (ts.isEmpty()) {
            ts.add(Json.obj("name", "TopicTest", "queues", 4L));
        }
        for (Map<String, Object> t : ts) {
            topics.add(Json.obj("name", Json.str(t, "name", "TopicTest"), "queues", Json.num(t, "queues", 4)));
            seen.topics.add(Json.str(t, "name", "TopicTest"));
        }
        if (scenario.get("network") != null) {
            Map<String, Object> n = Json.map(scenario, "network");
            net.defaultLatency(Json.real(n, "latencyMs", 0));
            if (Json.real(n, "jitterMs", 0) != 0) {
                seen.note("network.jitterMs is not emulated");
            }
        }
        List<Map<String, Object>> brokers = Json.maps(scenario, "brokers");
        if (brokers.isEmpty()) {
            brokers.add(Json.obj("name", "broker-a"));
        }
        List<Map<String, Object>> producers = Json.maps(scenario, "producers");
        if (producers.isEmpty()) {
            producers.add(Json.obj("name", "p1", "group", "PG"));
        }
        List<Map<String, Object>> consumers = Json.maps(scenario, "consumers");
        if (!scenario.containsKey("consumers")) {
            consumers.add(Json.obj("name", "c1", "group", "CG"));
        }

        ns = node("namesrv/0", "namesrv", Json.obj());
        int[] p = ports(2);
        ns.listen = p[0];
        ns.pub = p[1];
        boolean acting = false;
        for (Map<String, Object> b : brokers) {
            String bn = Json.str(b, "name", "broker-a");
            acting |= Json.bool(Json.map(b, "conf"), "enableSlaveActingMaster", false);
            Node m = broker(bn, 0, b);
            masters++;
            int id = 0;
            for (Map<String, Object> s : Json.maps(b, "slaves")) {
                Node slave = broker(bn, ++id, s);
                // 5.x forgets a configured address (HAService#init comes after it is set): there it asks the name server
                if (Ver.ROCKETMQ.startsWith("4")) {
                    slave.conf.putIfAbsent("haMasterAddress", "127.0.0.1:" + m.pubHa);
                }
            }
        }
        if (acting) {
            ns.conf.put("supportActingMaster", true);
        }
        for (Map<String, Object> s : producers) {
            Node n = node(Json.str(s, "name", "p1"), "producer", s);
            n.spec.putIfAbsent("name", n.name);
        }
        for (Map<String, Object> s : consumers) {
            Node n = node(Json.str(s, "name", "c1"), "consumer", s);
            n.spec.putIfAbsent("name", n.name);
            n.spec.putIfAbsent("topic", topics.get(0).get("name"));
        }
        for (Node n : nodes.values()) {
            seen.names.put("127.0.0.1:" + n.pub, "<" + n.name + ">");
            seen.names.put("127.0.0.1:" + n.listen, "<" + n.name + ">");
            seen.names.put("127.0.0.1:" + n.pubHa, "<" + n.name + "/ha>");
            seen.names.put("127.0.0.1:" + n.ha, "<" + n.name + "/ha>");
        }
        seen.names.remove("127.0.0.1:0");
        for (Node n : nodes.values()) {
            if (n.kind.equals("namesrv") || n.kind.equals("broker")) {
                n.proxy = net.new Proxy(n.name, n.pub, n.listen, true);
                if (n.ha != 0) {
                    n.haProxy = net.new Proxy(n.name, n.pubHa, n.ha, false);
                }
            }
        }
    }

    /** Name server, masters, slaves, producers, consumers; back when t = 0 may come. */
    void bringUp() throws Exception {
        must(startNode(ns), ns);
        for (int pass = 0; pass < 2; pass++) {
            Map<Node, CompletableFuture<Map<String, Object>>> all = new LinkedHashMap<>();
            for (Node n : nodes.values()) {
                if (n.kind.equals("broker") && (pass == 0) == (n.brokerId == 0)) {
                    all.put(n, CompletableFuture.supplyAsync(() -> startNode(n), pool));
                }
            }
            for (Map.Entry<Node, CompletableFuture<Map<String, Object>>> e : all.entrySet()) {
                must(e.getValue().get(120, TimeUnit.SECONDS), e.getKey());
            }
        }

        await("all brokers are registered", 60_000, () -> {
            Map<String, Object> s = ns.child.ask(3000, "cmd", "state");
            Map<String, Object> t = Json.map(s, "topics");
            for (Map<String, Object> x : withWarmup()) {
                if (Json.num(t, x.get("name").toString(), 0) < masters) {
                    return false;
                }
            }
            return Json.num(s, "brokers", 0) >= nodes.values().stream().filter(x -> x.kind.equals("broker")).count();
        });
        // a slave counts from its first report on
        for (Node n : nodes.values()) {
            if (n.kind.equals("broker") && n.brokerId > 0) {
                Node m = nodes.get(n.brokerName + "/0");
                await(n.name + " has reported to its master", 75_000, () -> {
                    var x = m.haProxy.received.get(n.name);
                    return x != null && x.get() >= 8;
                });
            }
        }
        List<CompletableFuture<?>> starting = new ArrayList<>();
        for (Node n : nodes.values()) {
            if (n.kind.equals("producer")) {
                starting.add(CompletableFuture.runAsync(() -> {
                    must(startNode(n), n);
                    for (Map<String, Object> t : topics) {
                        awaitQuietly("route of " + t.get("name"), 60_000, () ->
                            Json.num(n.child.ask(5000, "cmd", "route", "topic", t.get("name")), "queues", 0) >= masters * Json.num(t, "queues", 4));
                    }
                    warm(n);
                }, pool));
            }
        }
        for (CompletableFuture<?> f : starting) {
            f.get(180, TimeUnit.SECONDS);
        }
        for (Node n : nodes.values()) {
            if (n.kind.equals("consumer")) {
                if (Json.bool(n.spec, "started", true)) {
                    n.started = true;
                }
                must(startNode(n), n);
            }
        }
        awaitQuietly("consumers own their queues", 60_000, () -> consumersSettled());
        Thread.sleep(1500);
    }

    private List<Map<String, Object>> withWarmup() {
        List<Map<String, Object>> all = new ArrayList<>(topics);
        all.add(Json.obj("name", "LabWarmup", "queues", 1L));
        return all;
    }

    private boolean consumersSettled() {
        Map<String, Long> owned = new LinkedHashMap<>();
        for (Node n : nodes.values()) {
            if (!n.kind.equals("consumer") || !n.started) {
                continue;
            }
            Map<String, Object> a = n.child.ask(3000, "cmd", "assigned");
            long k = Json.num(a, "assigned", 0);
            if (Json.str(n.spec, "listener", "concurrently").equals("orderly") && Json.num(a, "locked", 0) < k) {
                return false;
            }
            boolean broadcast = Json.str(n.spec, "model", "CLUSTERING").equals("BROADCASTING");
            String topic = Json.str(n.spec, "topic", null);
            owned.merge((broadcast ? n.name : Json.str(n.spec, "group", "CG")) + "@" + topic, k, Long::sum);
        }
        for (Map.Entry<String, Long> e : owned.entrySet()) {
            String topic = e.getKey().substring(e.getKey().indexOf('@') + 1);
            long queues = 0;
            for (Map<String, Object> t : topics) {
                if (t.get("name").equals(topic)) {
                    queues = masters * Json.num(t, "queues", 4);
                }
            }
            if (e.getValue() != queues) {
                return false;
            }
        }
        // owned is not yet served: a 5.x broker refuses pulls until a heartbeat has brought the latest subscription
        for (Node n : nodes.values()) {
            if (!n.kind.equals("consumer") || !n.started) {
                continue;
            }
            String topic = Json.str(n.spec, "topic", "TopicTest");
            long queues = topics.stream().filter(t -> t.get("name").equals(topic)).mapToLong(t -> Json.num(t, "queues", 4)).sum();
            for (Node b : nodes.values()) {
                if (b.kind.equals("broker") && b.brokerId == 0) {
                    for (long q = 0; q < queues; q++) {
                        if (!seen.served.contains(Json.str(n.spec, "group", "CG") + "|" + topic + "|" + b.name + "|" + q)) {
                            return false;
                        }
                    }
                }
            }
        }
        return true;
    }

    private Node node(String name, String kind, Map<String, Object> spec) throws IOException {
        spec.computeIfAbsent("conf", k -> new LinkedHashMap<String, Object>());
        Path dir = work.resolve(name.replace('/', '-'));
        Files.createDirectories(dir);
        Node n = new Node(name, kind, spec, dir);
        nodes.put(name, n);
        return n;
    }

    private Node broker(String bn, int id, Map<String, Object> spec) throws IOException {
        Node n = node(bn + "/" + id, "broker", spec);
        n.brokerName = bn;
        n.brokerId = id;
        int[] p = ports(8);
        // p[0] is the "fast" port: RocketMQ takes listenPort - 2
        n.listen = p[0] + 2;
        n.ha = p[0] + 3;
        n.pub = p[0] + 6;
        n.pubHa = p[0] + 7;
        return n;
    }

    /** n consecutive free ports. */
    private int[] ports(int n) {
        for (int tries = 0; tries < 500; tries++) {
            int b = 20_000 + random.nextInt(12_000);
            boolean free = true;
            for (int i = 0; i < n && free; i++) {
                free = !taken.contains(b + i) && !Net.listening(b + i);
                if (free) {
                    try (ServerSocket s = new ServerSocket(b + i, 1, InetAddress.getByName("127.0.0.1"))) {
                        s.getLocalPort();
                    } catch (IOException e) {
                        free = false;
                    }
                }
            }
            if (free) {
                int[] p = new int[n];
                for (int i = 0; i < n; i++) {
                    p[i] = b + i;
                    taken.add(b + i);
                }
                return p;
            }
        }
        throw new IllegalStateException("no free ports");
    }

    private List<String> jvm(Node n) {
        List<String> j = new ArrayList<>(List.of("-Xms32m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData",
            "-Dtls.server.mode=disabled", // else each server makes itself an RSA key first: 2 to 15 s
            "-Djava.net.preferIPv4Stack=true", "-Duser.home=" + n.dir, "-Drocketmq.home.dir=" + n.dir,
            "-Drocketmq.client.logRoot=" + n.dir.resolve("logs"), "-Drocketmq.client.logLevel=WARN", "-Dcom.rocketmq.sendMessageWithVIPChannel=false",
            "-Drocketmq.client.localOffsetStoreDir=" + n.dir.resolve("offsets"),
            "-Drocketmq.broker.diskSpaceWarningLevelRatio=0.99", "-Drocketmq.broker.diskSpaceCleanForciblyRatio=0.98"));
        for (String o : List.of("java.base/java.nio", "java.base/sun.nio.ch", "java.base/jdk.internal.ref", "java.base/jdk.internal.misc",
            "java.base/java.lang", "java.base/java.lang.reflect", "java.base/java.util", "java.base/java.util.concurrent", "java.base/java.net",
            "java.management/sun.management", "jdk.management/com.sun.management.internal")) {
            j.add("--add-opens=" + o + "=ALL-UNNAMED");
        }
        j.add("--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED");
        j.add("--add-exports=java.base/sun.nio.ch=ALL-UNNAMED");
        n.conf.forEach((k, v) -> {
            if (k.startsWith("rocketmq.")) {
                j.add("-D" + k + "=" + v);
            }
        });
        return j;
    }

    /** Starts a process for the node and brings it up; returns the answer to init (or to start, for a consumer). */
    Map<String, Object> startNode(Node n) {
        try {
            Files.createDirectories(n.dir);
            n.incarnation++;
            final int inc = n.incarnation;
            endDarkness(n); // the machine is back before the process is
            String main = "lab." + (n.kind.equals("namesrv") ? "NamesrvMain" : n.kind.equals("broker") ? "BrokerMain"
                : n.kind.equals("producer") ? "ProducerAgent" : "ConsumerAgent");
            Child c = new Child(main, jvm(n), n.dir, "stderr.log", e -> seen.onEvent(n, inc, e));
            n.child = c;
            n.paused = false;
            net.pids.put(c.pid(), n.name);
            c.exited.thenRun(() -> onExit(n, c));
            String namesrv = "127.0.0.1:" + ns.pub;
            Map<String, Object> init = Json.obj("cmd", "init");
            switch (n.kind) {
                case "namesrv": {
                    Map<String, Object> conf = new LinkedHashMap<>(n.conf);
                    conf.put("listenPort", n.listen);
                    conf.put("bindAddress", "127.0.0.1");
                    conf.put("kvConfigPath", n.dir.resolve("kvConfig.json").toString());
                    conf.put("rocketmqHome", n.dir.toString());
                    init.put("conf", conf);
                    break;
                }
                case "broker":
                    init.put("conf", brokerConf(n, namesrv));
                    init.put("publicAddr", "127.0.0.1:" + n.pub);
                    init.put("publicHaAddr", "127.0.0.1:" + n.pubHa);
                    init.put("topics", withWarmup());
                    if (scenario.get("disk") != null) {
                        init.put("fsyncMs", Json.num(Json.map(scenario, "disk"), "fsyncMs", 0));
                    }
                    openWhenListening(n, c);
                    break;
                case "producer":
                    init.put("name", n.name);
                    init.put("group", Json.str(n.spec, "group", "PG"));
                    init.put("namesrv", namesrv);
                    init.put("instance", inc == 1 ? n.name : n.name + "#" + inc);
                    init.put("conf", n.conf);
                    init.put("resend", Json.num(n.spec, "resend", 0));
                    init.put("appThreads", appThreads);
                    init.put("transactional", transactional(n.name));
                    init.put("checks", n.checks);
                    break;
                default:
                    init.putAll(n.spec);
                    init.put("cmd", "init");
                    init.put("name", n.name);
                    init.put("namesrv", namesrv);
                    // a new process is a new client id, except where the local offset file depends on it
                    init.put("instance", inc == 1 || Json.str(n.spec, "model", "CLUSTERING").equals("BROADCASTING") ? n.name : n.name + "#" + inc);
                    synchronized (n.rules) {
                        List<Map<String, Object>> left = new ArrayList<>();
                        for (Map<String, Object> r : n.rules) {
                            if (r.get("times") == null || Json.num(r, "times", 1) > 0) {
                                left.add(r);
                            }
                        }
                        init.put("rules", left);
                    }
            }
            if (n.kind.equals("namesrv")) {
                openWhenListening(n, c);
            }
            Map<String, Object> a = c.ask(init).get(120, TimeUnit.SECONDS);
            if (a.get("error") == null && n.kind.equals("consumer") && n.started) {
                a = c.ask(30_000, "cmd", "start");
            }
            if (a.get("error") == null) {
                for (Object u : Json.list(a, "unknown")) {
                    seen.note(n.name + ": " + Ver.ROCKETMQ + " has no key " + u);
                }
                if (n.proxy != null) {
                    await("port of " + n.name, 10_000, () -> Net.listening(n.listen));
                    n.proxy.open();
                }
                n.up = true;
                if (n.kind.equals("broker")) {
                    brokerUp.accept(n);
                }
                seen.happened("node-up", n.name, null);
            }
            return a;
        } catch (Exception e) {
            return Json.obj("error", e.toString());
        }
    }

    private void openWhenListening(Node n, Child c) {
        for (Net.Proxy x : new Net.Proxy[] {n.proxy, n.haProxy}) {
            if (x == null) {
                continue;
            }
            pool.submit(() -> {
                for (int i = 0; i < 6000 && c.alive(); i++) {
                    if (Net.listening(x.targetPort)) {
                        x.open();
                        return null;
                    }
                    Thread.sleep(10);
                }
                return null;
            });
        }
    }

    /** The machine is back: its traffic passes again, and connections from before the power loss end (its kernel knows them no more). */
    private void endDarkness(Node n) {
        if (net.isDark(n.name)) {
            // outgoing links (to the name server, to the master) are needed before the ports are open
            for (Node o : nodes.values()) {
                if (o.proxy != null) {
                    o.proxy.resetFrom(n.name);
                }
                if (o.haProxy != null) {
                    o.haProxy.resetFrom(n.name);
                }
            }
            closeDoors(n); // while it starts, it refuses connections
            resetLinks(n);
            net.dark(n.name, false);
        }
    }

    private void resetLinks(Node n) {
        if (n.proxy != null) {
            n.proxy.reset();
        }
        if (n.haProxy != null) {
            n.haProxy.reset();
        }
    }

    void closeDoors(Node n) {
        if (n.proxy != null) {
            n.proxy.close();
        }
        if (n.haProxy != null) {
            n.haProxy.close();
        }
    }

    /** A broker that shuts down stops listening long before its process ends: whoever connects then is refused. */
    void closeDoorsWithIt(Node n) {
        Child c = n.child;
        for (Net.Proxy x : new Net.Proxy[] {n.proxy, n.haProxy}) {
            if (x == null) {
                continue;
            }
            pool.submit(() -> {
                while (c.alive() && Net.listening(x.targetPort)) {
                    Thread.sleep(5);
                }
                if (n.child == c) {
                    x.close();
                }
                return null;
            });
        }
    }

    private Map<String, Object> brokerConf(Node n, String namesrv) {
        Map<String, Object> c = new LinkedHashMap<>();
        Path store = n.dir.resolve("store");
        c.put("brokerClusterName", "LabCluster");
        c.put("brokerName", n.brokerName);
        c.put("brokerId", n.brokerId);
        c.put("brokerIP1", "127.0.0.1");
        c.put("brokerIP2", "127.0.0.1");
        c.put("bindAddress", "127.0.0.1");
        c.put("listenPort", n.listen);
        c.put("haListenPort", n.ha);
        c.put("namesrvAddr", namesrv);
        c.put("storePathRootDir", store.toString());
        c.put("storePathCommitLog", store.resolve("commitlog").toString());
        c.put("rocketmqHome", n.dir.toString());
        c.put("autoCreateTopicEnable", false);
        c.put("messageStorePlugIn", "lab.ver.LabStore");
        // small and cheap, without changing what is recorded
        c.put("mappedFileSizeCommitLog", 1 << 20);
        c.put("maxHashSlotNum", 5000);
        c.put("maxIndexNum", 20_000);
        c.put("timerWheelEnable", false); // 5.x: 38 MB compared byte by byte every second
        c.put("reviveQueueNum", 1); // 5.x POP, unused
        c.put("diskMaxUsedSpaceRatio", 95);
        c.put("slaveReadEnable", false);
        if (n.brokerId > 0) {
            c.put("brokerRole", "SLAVE");
        }
        n.conf.forEach((k, v) -> {
            if (!k.startsWith("rocketmq.")) {
                c.put(k, v);
            }
        });
        return c;
    }

    private boolean transactional(String producer) {
        for (Map<String, Object> s : Json.maps(scenario, "script")) {
            if (s.get("transaction") != null) {
                Node sender = need(Json.str(s, "producer", first("producer")));
                if (Json.str(sender.spec, "group", "PG").equals(Json.str(need(producer).spec, "group", "PG"))) {
                    return true;
                }
            }
        }
        return false;
    }

    String first(String kind) {
        for (Node n : nodes.values()) {
            if (n.kind.equals(kind)) {
                return n.name;
            }
        }
        return null;
    }

    Node need(String name) {
        Node n = nodes.get(name);
        if (n == null && name != null && nodes.containsKey(name + "/0")) {
            n = nodes.get(name + "/0");
        }
        if (n == null) {
            throw new IllegalArgumentException("no node " + name);
        }
        return n;
    }

    private void must(Map<String, Object> a, Node n) {
        if (a.get("error") != null) {
            throw new IllegalStateException(n.name + ": " + a.get("error") + " (see " + n.dir.resolve("stderr.log") + ")");
        }
    }

    /** An answer that is an error becomes a note of the recording. */
    void complain(Node n, Map<String, Object> a, String what) {
        if (a.get("error") != null) {
            seen.note(what + " on " + n.name + ": " + seen.clean(a.get("error").toString()));
        }
    }

    /** A producer's first sends pay for class loading: they go to LabWarmup. */
    void warm(Node n) {
        List<Object> names = new ArrayList<>();
        topics.forEach(t -> names.add(t.get("name")));
        n.child.ask(60_000, "cmd", "warm", "topics", names);
    }

    private void onExit(Node n, Child c) {
        net.pids.remove(c.pid());
        if (n.child == c && n.up) {
            n.up = false;
            closeDoors(n);
            if (seen.running() && !n.kind.equals("namesrv")) {
                seen.note(n.name + " ended by itself");
            }
            seen.happened("node-down", n.name, null);
        }
    }

    void killAll() {
        for (Node n : nodes.values()) {
            if (n.child != null && n.child.alive()) {
                n.child.process.destroyForcibly();
            }
        }
    }

    private interface Cond {
        boolean ok() throws Exception;
    }

    private void await(String what, long ms, Cond c) throws Exception {
        long end = System.nanoTime() + ms * 1_000_000L;
        while (!c.ok()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("waited in vain: " + what);
            }
            Thread.sleep(50);
        }
        if (verbose) {
            System.err.println("ok: " + what);
        }
    }

    private void awaitQuietly(String what, long ms, Cond c) {
        try {
            await(what, ms, c);
        } catch (Exception e) {
            seen.note("not ready: " + what);
        }
    }
}
