package gputrain.data;

import gputrain.nuclide.InputException;

/** A table that is not what its format says: names the place, what was expected there, what was found, what to do. */
public final class DataFormatException extends InputException {

    private final String file;
    private final int line;
    private final int column;

    /**
     * @param file the file's name, as the person gave it
     * @param line 1-based line
     * @param column 1-based character column in that line
     * @param expected what the format has in this place
     * @param found what is there
     * @param fix what the person can do
     */
    public DataFormatException(String file, int line, int column, String expected, String found, String fix) {
        super(file + ":" + line + ":" + column + ": expected " + expected + ", found " + found + "; " + fix);
        this.file = file;
        this.line = line;
        this.column = column;
    }

    /** The file's name. */
    public String file() {
        return file;
    }

    /** 1-based line. */
    public int line() {
        return line;
    }

    /** 1-based character column. */
    public int column() {
        return column;
    }
}
