package gputrain.train;

import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks a run to stop at the next opportunity, with a checkpoint. Thread-safe.
 *
 * <p>One from {@link #onSignals} makes SIGINT, SIGTERM and SIGHUP such requests: the virtual machine stays up until the
 * owner has called {@link #acknowledge} or {@link #close}, {@value #PATIENCE_SECONDS} seconds at most, and then ends with
 * exit code {@value #EXIT_CODE} if the run's state was saved, otherwise with the signal's own (128 + signal). What a
 * person should still read must be printed before acknowledging; after closing, as when an exception passes through,
 * the owner has until it leaves {@code main} or calls {@code System.exit}, a few seconds at most.
 */
public final class StopRequest implements AutoCloseable {
    /** Exit code of a process that a signal stopped and that goes on when run again (EX_TEMPFAIL). */
    public static final int EXIT_CODE = 75;

    private static final long PATIENCE_SECONDS = 60;
    private static final long LAST_WORDS_SECONDS = 5;

    private final CountDownLatch released = new CountDownLatch(1);
    private volatile boolean requested;
    private volatile boolean saved;
    private volatile boolean acknowledged;
    private @Nullable Thread hook;

    /** A request that only {@link #request} makes. */
    public StopRequest() {}

    /** A request that the first SIGINT, SIGTERM or SIGHUP makes. Close it to uninstall. */
    public static StopRequest onSignals() {
        StopRequest request = new StopRequest();
        Thread hook = new Thread(request::atShutdown, "stop-request");
        request.hook = hook;
        Runtime.getRuntime().addShutdownHook(hook);
        return request;
    }

    /** Asks for the stop; asking again changes nothing. */
    public void request() {
        requested = true;
    }

    /** Whether a stop was asked for. */
    public boolean isRequested() {
        return requested;
    }

    /** The run's state is on disk: a signalled process may end now. */
    public void acknowledge() {
        saved = true;
        acknowledged = true;
        released.countDown();
    }

    /** Whether the state is on disk; the owner may still have something to say before the process ends. */
    void saved(boolean onDisk) {
        saved = onDisk;
    }

    /** Uninstalls the signals; ends a process that a signal has already reached. */
    @Override
    public void close() {
        Thread installed = hook;
        hook = null;
        if (installed != null) {
            try {
                Runtime.getRuntime().removeShutdownHook(installed);
            } catch (IllegalStateException shuttingDown) {
                // The hook is running already; releasing it below is all that is left to do.
            }
        }
        released.countDown();
    }

    private void atShutdown() {
        if (isOrdinaryExit()) {
            return;
        }
        request();
        try {
            if (!released.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("gave up waiting for a checkpoint after " + PATIENCE_SECONDS + " s");
            }
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LAST_WORDS_SECONDS);
            while (!acknowledged && !isOrdinaryExit() && System.nanoTime() - end < 0) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (saved) {
            System.out.flush();
            System.err.flush();
            Runtime.getRuntime().halt(EXIT_CODE);
        }
    }

    /**
     * Shutdown hooks run after a signal and after {@code System.exit} or the end of the last thread alike; only the
     * stacks tell them apart. In the latter cases nobody is left to acknowledge, so waiting would be in vain.
     */
    private static boolean isOrdinaryExit() {
        return Thread.getAllStackTraces().values().stream()
                .flatMap(Arrays::stream)
                .anyMatch(
                        frame -> is(frame, "java.lang.Runtime", "exit") || is(frame, "java.lang.Shutdown", "shutdown"));
    }

    private static boolean is(StackTraceElement frame, String type, String method) {
        return frame.getClassName().equals(type) && frame.getMethodName().equals(method);
    }
}
