package gputrain.report;

/** A run directory that cannot be turned into a report; the message names the file, the place in it and the remedy. */
public final class ReportException extends RuntimeException {

    public ReportException(String message) {
        super(message);
    }

    public ReportException(String message, Throwable cause) {
        super(message, cause);
    }
}
