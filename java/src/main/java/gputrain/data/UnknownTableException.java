package gputrain.data;

import gputrain.nuclide.InputException;

/** A table id that nobody knows, or one of a kind that was not asked for: an error of usage. */
public final class UnknownTableException extends InputException {

    UnknownTableException(String message) {
        super(message);
    }
}
