package gputrain.report;

import java.nio.file.Path;

/** Writes the report of a finished run of kernel models. */
public final class KernelReport {
    private KernelReport() {}

    /** Writes it. */
    public static void write(Path runDirectory, Path html) {}
}
