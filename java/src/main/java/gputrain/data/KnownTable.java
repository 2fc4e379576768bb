package gputrain.data;

import java.util.Optional;

/**
 * A table that the program knows by name.
 *
 * @param id its name, as in "ame2020"
 * @param kind what it holds
 * @param title its full name
 * @param citation what to cite
 * @param publishedAs the published file, or where a missing table was published
 * @param format how the published file is written: the name of an {@link AmeLayout} or {@link TheoryFormat}
 * @param rows how many nuclides with a mass the published file has, 0 for a missing table
 * @param nearest for a missing table the id of the nearest one we have
 */
record KnownTable(
        String id,
        TableKind kind,
        String title,
        String citation,
        String publishedAs,
        String format,
        int rows,
        Optional<String> nearest) {

    boolean missing() {
        return nearest.isPresent();
    }
}
