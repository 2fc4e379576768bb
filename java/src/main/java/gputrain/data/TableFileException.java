package gputrain.data;

import gputrain.nuclide.InputException;

/** A table's file that cannot be read or written: missing, not permitted, disk full. */
public final class TableFileException extends InputException {

    TableFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
