package lab;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What is done to nodes. Each is in the recording with the instant at which it struck. */
final class Faults {
    /** A broker's keys that take effect only when it starts. */
    private static final List<String> AT_START = List.of("brokerRole", "flushDiskType", "transientStorePoolEnable", "messageDelayLevel",
        "mappedFileSizeCommitLog", "enableSlaveActingMaster", "enableControllerMode");

    private final Cluster cluster;
    private final Seen seen;
    /** Whether a dead machine's peers see a FIN, as if only its process had died. */
    private final boolean powerLossFin;

    Faults(Cluster cluster, Seen seen, boolean powerLossFin) {
        this.cluster = cluster;
        this.seen = seen;
        this.powerLossFin = powerLossFin;
    }

    void destroyDisk(Node n) throws IOException {
        if (n.up) {
            crash(n, null);
        }
        Recorder.deleteTree(n.dir.resolve("store"));
        Recorder.deleteTree(n.dir.resolve("offsets"));
        seen.fault("destroy-disk", n.name);
    }

    void restart(Node n) {
        if (n.up) {
            stop(n);
        }
        if (n.kind.equals("consumer")) {
            n.started = true;
        }
        Map<String, Object> fault = seen.fault("restart", n.name);
        Map<String, Object> answer = cluster.startNode(n);
        seen.up(fault);
        if (answer.get("error") != null) {
            seen.note("restart of " + n.name + " failed: " + seen.clean(String.valueOf(answer.get("error"))));
        } else if (n.kind.equals("producer")) {
            cluster.warm(n);
        }
    }

    void pause(Node n) throws Exception {
        n.child.signal("STOP");
        n.paused = true;
        seen.fault("pause", n.name);
    }

    void resume(Node n) throws Exception {
        n.child.signal("CONT");
        n.paused = false;
        seen.fault("resume", n.name);
    }

    /** Something that a broker does to its own disk. */
    Map<String, Object> disk(Node n, String what, Object... more) {
        Map<String, Object> command = Json.obj(more);
        command.put("cmd", what);
        Map<String, Object> answer = n.child.ask(10_000, command);
        cluster.complain(n, answer, what);
        seen.fault(what, n.name);
        return answer;
    }

    void expireFiles(Node n, String topic, long queue, long upTo) {
        Map<String, Object> answer = disk(n, "expire-files", "upTo", upTo, "topic", topic, "queue", queue);
        if (answer.get("error") == null && Json.num(answer, "minOffset", -1) != upTo) {
            seen.note("expire-files upTo " + upTo + " on " + n.name + " left queue minimum " + answer.get("minOffset") + " (whole files only)");
        }
    }

    /** SIGKILL; a fault of that name unless `why` is null. */
    void crash(Node n, String why) {
        if (n.child == null) {
            return;
        }
        n.up = false;
        n.child.kill();
        cluster.closeDoors(n);
        if (why != null) {
            seen.fault(why, n.name);
        }
        seen.happened("node-down", n.name, null);
    }

    void powerLoss(Node n) throws Exception {
        if (!n.kind.equals("broker")) {
            if (!powerLossFin) {
                cluster.net.dark(n.name, true);
            }
            crash(n, "power-loss");
            return;
        }
        if (n.paused) {
            n.child.signal("CONT");
        }
        if (!powerLossFin) {
            cluster.net.dark(n.name, true); // no FIN, no answer: as when the machine is gone
        }
        Map<String, Object> a = n.child.ask(5000, "cmd", "freeze");
        n.up = false;
        n.child.kill();
        if (powerLossFin) {
            cluster.closeDoors(n);
        }
        if (a.get("error") != null) {
            seen.note("power-loss on " + n.name + ": " + a.get("error"));
        } else {
            long flushed = Json.num(a, "flushed", 0);
            zero(n, flushed, Long.MAX_VALUE);
            for (Object o : Json.list(a, "notPersisted")) {
                List<?> r = (List<?>) o;
                zero(n, ((Number) r.get(0)).longValue(), ((Number) r.get(1)).longValue());
            }
        }
        seen.fault("power-loss", n.name);
        seen.happened("node-down", n.name, null);
    }

    /** What was not fsynced never reached the platter: overwrite it with zeros. */
    private void zero(Node n, long from, long to) throws IOException {
        Path log = n.dir.resolve("store").resolve("commitlog");
        if (!Files.isDirectory(log)) {
            return;
        }
        List<Path> files = new ArrayList<>();
        try (Stream<Path> s = Files.list(log)) {
            s.filter(f -> f.getFileName().toString().matches("\\d{20}")).forEach(files::add);
        }
        for (Path f : files) {
            long start = Long.parseLong(f.getFileName().toString());
            long size = Files.size(f);
            long a = Math.max(from, start) - start;
            long b = Math.min(to, start + size) - start;
            if (a >= b || a >= size) {
                continue;
            }
            try (RandomAccessFile r = new RandomAccessFile(f.toFile(), "rw")) {
                byte[] z = new byte[1 << 16];
                r.seek(a);
                while (a < b) {
                    int k = (int) Math.min(z.length, b - a);
                    r.write(z, 0, k);
                    a += k;
                }
            }
        }
    }

    void stop(Node n) {
        if (n.child == null || !n.child.alive()) {
            return;
        }
        n.up = false;
        cluster.closeDoorsWithIt(n);
        Map<String, Object> a = n.child.ask(40_000, "cmd", "stop");
        if (a.get("error") != null && !String.valueOf(a.get("error")).contains("ended")) {
            seen.note("stop of " + n.name + ": " + a.get("error"));
        }
        n.child.kill(); // a consumer agent outlives its consumer; a broker has halted by itself
        cluster.closeDoors(n);
        seen.fault("stop", n.name);
        seen.happened("node-down", n.name, null);
    }

    void setConf(Node n, Map<String, Object> conf) throws Exception {
        n.conf.putAll(conf);
        if (!n.kind.equals("broker")) {
            if (n.child != null && n.child.alive()) {
                cluster.complain(n, n.child.ask(3000, "cmd", "set-conf", "conf", conf), "set-conf");
            }
            return;
        }
        boolean restart = conf.keySet().stream().anyMatch(AT_START::contains);
        if (!n.up) {
            return; // takes effect at the restart
        }
        if (restart) {
            stop(n);
            cluster.complain(n, cluster.startNode(n), "set-conf (restart)");
        } else {
            cluster.complain(n, n.child.ask(3000, "cmd", "set-conf", "conf", conf), "set-conf");
        }
    }
}
