package lab;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** A child JVM and the recorder's end of its wire. */
final class Child {
    final Process process;
    private final OutputStream in;
    private final Map<Long, CompletableFuture<Map<String, Object>>> waiting = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong();
    final CompletableFuture<Void> exited = new CompletableFuture<>();

    Child(String main, List<String> jvm, Path dir, String log, Consumer<Map<String, Object>> events) throws IOException {
        List<String> cmd = new ArrayList<>();
        cmd.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        cmd.addAll(jvm);
        cmd.add("-cp");
        StringBuilder cp = new StringBuilder();
        for (String e : System.getProperty("java.class.path").split(File.pathSeparator)) {
            cp.append(cp.length() == 0 ? "" : File.pathSeparator).append(Path.of(e).toAbsolutePath());
        }
        cmd.add(cp.toString());
        cmd.add(main);
        ProcessBuilder pb = new ProcessBuilder(cmd);
        pb.directory(dir.toFile());
        pb.environment().put("ROCKETMQ_HOME", dir.toString());
        pb.environment().remove("NAMESRV_ADDR");
        pb.redirectError(ProcessBuilder.Redirect.appendTo(dir.resolve(log).toFile()));
        process = pb.start();
        in = process.getOutputStream();
        Thread t = new Thread(() -> {
            try (BufferedReader r = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                String s;
                while ((s = r.readLine()) != null) {
                    if (!s.startsWith("{\"")) {
                        continue;
                    }
                    Map<String, Object> m;
                    try {
                        m = Json.parseObject(s);
                    } catch (RuntimeException e) {
                        continue; // a line torn by SIGKILL
                    }
                    if (m.containsKey("re")) {
                        CompletableFuture<Map<String, Object>> f = waiting.remove(((Number) m.get("re")).longValue());
                        if (f != null) {
                            f.complete(m);
                        }
                    } else {
                        try {
                            events.accept(m);
                        } catch (RuntimeException e) {
                            e.printStackTrace();
                        }
                    }
                }
            } catch (IOException e) {
                // the child is gone
            }
            for (CompletableFuture<Map<String, Object>> f : waiting.values()) {
                f.complete(Json.obj("error", "the process ended"));
            }
            exited.complete(null);
        }, "wire");
        t.setDaemon(true);
        t.start();
    }

    long pid() {
        return process.pid();
    }

    boolean alive() {
        return process.isAlive();
    }

    CompletableFuture<Map<String, Object>> ask(Map<String, Object> c) {
        long id = ids.incrementAndGet();
        c.put("id", id);
        CompletableFuture<Map<String, Object>> f = new CompletableFuture<>();
        waiting.put(id, f);
        try {
            byte[] b = (Json.write(c) + "\n").getBytes(StandardCharsets.UTF_8);
            synchronized (in) {
                in.write(b);
                in.flush();
            }
        } catch (IOException e) {
            waiting.remove(id);
            f.complete(Json.obj("error", "the process is gone"));
        }
        if (exited.isDone()) {
            f.complete(Json.obj("error", "the process ended"));
        }
        return f;
    }

    Map<String, Object> ask(long timeoutMs, Object... kv) {
        return ask(timeoutMs, Json.obj(kv));
    }

    Map<String, Object> ask(long timeoutMs, Map<String, Object> command) {
        try {
            return ask(command).get(timeoutMs, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return Json.obj("error", "no answer to " + command.get("cmd") + " within " + timeoutMs + " ms");
        } catch (Exception e) {
            return Json.obj("error", e.toString());
        }
    }

    /** SIGKILL, to this very child. */
    void kill() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void signal(String sig) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + sig, String.valueOf(pid())).inheritIO().start().waitFor();
    }
}
