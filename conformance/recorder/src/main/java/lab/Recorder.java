package lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Runs one scenario (loss-lab/1) on a real cluster of child JVMs and writes what was seen as loss-lab-trace/1. */
public final class Recorder {
    private Recorder() {
    }

    public static void main(String[] args) throws Exception {
        Map<String, String> opt = new LinkedHashMap<>();
        List<String> files = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            if (args[i].equals("--work") || args[i].equals("--app-threads")) {
                opt.put(args[i], args[++i]);
            } else if (args[i].startsWith("--")) {
                opt.put(args[i], "true");
            } else {
                files.add(args[i]);
            }
        }
        if (files.size() != 2) {
            System.err.println("usage: Recorder scenario.json out.json [--work DIR] [--keep] [--verbose] [--power-loss-fin] [--app-threads N]");
            System.exit(64);
        }
        Map<String, Object> scenario = Json.parseObject(Files.readString(Path.of(files.get(0))));
        Path root = Path.of(opt.getOrDefault("--work", System.getProperty("java.io.tmpdir")));
        Files.createDirectories(root);
        Path work = Files.createTempDirectory(root, "recording-");
        Map<String, Node> nodes = new LinkedHashMap<>();
        boolean powerLossFin = opt.containsKey("--power-loss-fin");
        boolean verbose = opt.containsKey("--verbose");
        Seen seen = new Seen(scenario, work, nodes, powerLossFin);
        Cluster cluster = new Cluster(scenario, work, nodes, seen, Integer.parseInt(opt.getOrDefault("--app-threads", "64")), verbose);
        Script script = new Script(scenario, cluster, new Faults(cluster, seen, powerLossFin), seen, verbose);
        Runtime.getRuntime().addShutdownHook(new Thread(cluster::killAll));
        String failed = null;
        try {
            run(scenario, cluster, script, seen);
        } catch (Throwable e) {
            e.printStackTrace();
            failed = e.toString();
        }
        Map<String, Object> trace;
        try {
            trace = seen.trace(failed);
        } finally {
            cluster.killAll();
        }
        Path out = Path.of(files.get(1)).toAbsolutePath();
        Files.createDirectories(out.getParent());
        Files.writeString(out, Json.writeTrace(trace));
        if (opt.containsKey("--keep") || failed != null) {
            System.err.println("kept " + work);
        } else {
            deleteTree(work);
        }
        System.err.println(failed != null ? "FAILED " + failed : seen.unsupported.isEmpty() ? "recorded" : "recorded, with unsupported: " + seen.unsupported);
        System.err.flush();
        Runtime.getRuntime().halt(failed != null ? 2 : seen.unsupported.isEmpty() ? 0 : 3);
    }

    private static void run(Map<String, Object> scenario, Cluster cluster, Script script, Seen seen) throws Exception {
        cluster.build();
        script.armTriggers();
        cluster.bringUp();
        seen.begin(System.nanoTime() + 300_000_000L);
        script.schedule();
        long end = seen.at(Json.num(scenario, "until", 60_000));
        while (System.nanoTime() < end) {
            Thread.sleep(Math.max(1, Math.min(200, (end - System.nanoTime()) / 1_000_000L)));
        }
        seen.end();
    }

    static void deleteTree(Path p) throws IOException {
        if (!Files.exists(p)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> s = Files.walk(p)) {
            all = s.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path f : all) {
            Files.deleteIfExists(f);
        }
    }
}
