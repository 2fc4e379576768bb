package gputrain.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Independent computations side by side. Small matrices gain more from that than from threads inside each operation, and
 * threads that wait for each other in every operation crawl on a machine that is shared.
 */
final class Workers {
    private Workers() {}

    private record Placed<R>(int place, R result) {}

    /**
     * Computes one result per item.
     *
     * @param done called in the calling thread after each item, in the order in which they finish; what it throws ends
     *     the whole computation
     * @return results in the order of the items
     */
    static <T, R> List<R> map(List<T> items, int threads, Function<T, R> work, BiConsumer<T, R> done) {
        ExecutorService pool = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "kernel-worker");
            thread.setDaemon(true);
            return thread;
        });
        try {
            ExecutorCompletionService<Placed<R>> service = new ExecutorCompletionService<>(pool);
            List<R> results = new ArrayList<>();
            for (int i = 0; i < items.size(); i++) {
                T item = items.get(i);
                int place = i;
                service.submit(() -> new Placed<>(place, work.apply(item)));
                results.add(null);
            }
            for (int i = 0; i < items.size(); i++) {
                Placed<R> one = service.take().get();
                results.set(one.place(), one.result());
                done.accept(items.get(one.place()), one.result());
            }
            return results;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } finally {
            pool.shutdownNow();
            awaitEnd(pool);
        }
    }

    /** A session must not be in use when its caller goes on. */
    private static void awaitEnd(ExecutorService pool) {
        boolean interrupted = false;
        while (!pool.isTerminated()) {
            try {
                if (pool.awaitTermination(1, java.util.concurrent.TimeUnit.MINUTES)) {
                    break;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
