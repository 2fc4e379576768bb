package gputrain.data;

import java.util.function.Supplier;

/**
 * A line of {@link DataLibrary#list()}.
 *
 * @param id the table's id
 * @param title its full name
 * @param kind what it holds
 * @param rows nuclides; 0 when it is not available
 * @param citation what to cite
 * @param checksum gives {@link #sha256}; a list of names has no need to read every file for it
 * @param available whether its file is there; false for a table that a paper used and that we do not have
 */
public record TableInfo(
        String id,
        String title,
        TableKind kind,
        int rows,
        String citation,
        Supplier<String> checksum,
        boolean available) {

    /** SHA-256 of its CSV file; empty when it is not available. */
    public String sha256() {
        return checksum.get();
    }
}
