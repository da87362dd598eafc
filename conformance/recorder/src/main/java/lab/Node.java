package lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** One process of the cluster, through all its incarnations. */
final class Node {
    final String name;
    final String kind;
    final Map<String, Object> spec;
    final Map<String, Object> conf;
    final Path dir;
    final ExecutorService exec;
    volatile Child child;
    volatile boolean up;
    volatile boolean paused;
    int incarnation;
    /** Where the process listens, and where everybody else finds it: the proxy in front of it. */
    int listen;
    int ha;
    int pub;
    int pubHa;
    String brokerName;
    int brokerId;
    Net.Proxy proxy;
    Net.Proxy haProxy;
    final List<Map<String, Object>> rules = new ArrayList<>();
    final Map<String, Object> checks = new ConcurrentHashMap<>();
    /** Whether a consumer is in its group, or will be when its process is up. */
    boolean started;

    Node(String name, String kind, Map<String, Object> spec, Path dir) {
        this.name = name;
        this.kind = kind;
        this.spec = spec;
        this.conf = Json.map(spec, "conf");
        this.dir = dir;
        this.exec = Executors.newSingleThreadExecutor(r -> {
            Thread t = new Thread(r, "node-" + name);
            t.setDaemon(true);
            return t;
        });
    }
}
