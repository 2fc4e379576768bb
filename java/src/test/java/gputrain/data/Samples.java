package gputrain.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** A few real lines of every published file, with its line ends and its encoding. */
final class Samples {

    static final List<String> AME = List.of(
            "ame1983", "ame1993", "ame1993exp", "ame1995", "ame1995exp", "ame2003", "ame2012", "ame2016", "ame2020");

    static final List<String> THEORY = List.of(
            "ws4", "ws4-rbf", "ws-star", "frdm2012", "hfb24", "hfb27", "ktuy05", "dz28", "drhbc", "unedf0", "skms");

    private Samples() {}

    static byte[] bytes(String id) {
        try (InputStream stream = Samples.class.getResourceAsStream(id + ".txt")) {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> lines(String id) {
        return TextLines.of(bytes(id), StandardCharsets.ISO_8859_1);
    }

    static String format(String id) {
        return Catalogue.find(id).orElseThrow().format();
    }

    /** Reads lines as a file called "sample" in the format of a known table. */
    static RawTable read(String id, List<String> lines) {
        return AmeLayout.named(format(id))
                .map(layout -> AmeReader.read("sample", lines, layout))
                .orElseGet(() -> TheoryReader.read(
                        "sample", lines, TheoryFormat.named(format(id)).orElseThrow()));
    }

    static byte[] csv(String id) {
        return TableImport.convert("sample", bytes(id), "sample", Optional.of(format(id)));
    }
}
