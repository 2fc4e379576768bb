package gputrain.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Splits against scikit-learn's own, in splits.csv; splits.py beside it wrote that file. */
class SplitTest {

    static List<NamedCsvRecord> golden() throws IOException {
        try (InputStream stream = SplitTest.class.getResourceAsStream("splits.csv")) {
            String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            return CsvReader.builder().ofNamedCsvRecord(text).stream().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("golden")
    void equalsScikitLearn(NamedCsvRecord row) {
        int n = Integer.parseInt(row.getField("n"));
        long state = Long.parseLong(row.getField("randomState"));
        String parameter = row.getField("parameter");
        Split split = row.getField("kind").equals("random")
                ? new RandomSplit(Double.parseDouble(parameter), state).split(n)
                : new KFold(Integer.parseInt(parameter), state).split(n).get(Integer.parseInt(row.getField("fold")));
        requireEqual(split.train(), row, "train");
        requireEqual(split.test(), row, "test");
    }

    private static void requireEqual(int[] rows, NamedCsvRecord expected, String part) {
        assertThat(rows).hasSize(Integer.parseInt(expected.getField(part + "Count")));
        assertThat(join(IntStream.of(rows).limit(10))).isEqualTo(expected.getField(part + "First"));
        byte[] all = join(IntStream.of(rows)).getBytes(StandardCharsets.UTF_8);
        assertThat(Checksums.sha256(all)).isEqualTo(expected.getField(part + "Sha256"));
    }

    private static String join(IntStream rows) {
        return rows.mapToObj(Integer::toString).collect(Collectors.joining(" "));
    }

    @Test
    void partsCoverAllRowsOnce() {
        Split split = new RandomSplit(0.2, 42).split(2150);
        int[] all = IntStream.concat(Arrays.stream(split.train()), Arrays.stream(split.test()))
                .sorted()
                .toArray();
        assertThat(all).isEqualTo(IntStream.range(0, 2150).toArray());
    }

    @Test
    void givesCopies() {
        Split split = new RandomSplit(0.5, 1).split(10);
        split.train()[0] = -1;
        assertThat(split).isEqualTo(new RandomSplit(0.5, 1).split(10));
    }

    @Test
    void namesItself() {
        assertThat(new RandomSplit(0.2, 42).split(100))
                .hasToString("train_test_split(test_size=0.2, random_state=42) (80 train, 20 test)");
        assertThat(new KFold(10, 7).split(100).get(2).description())
                .isEqualTo("fold 3 of KFold(10, shuffle=True, random_state=7)");
    }

    /** train_test_split(range(2149), test_size=50, random_state=42) of scikit-learn 1.2.1. */
    @Test
    void takesANumberOfRowsToo() {
        Split split = new RandomSplit(50, 42).split(2149);
        assertThat(split.test()).hasSize(50).startsWith(1159, 1822, 978, 759, 874);
        assertThat(split.train()).hasSize(2099).startsWith(1303, 674, 1491, 1953, 409);
        assertThat(split).hasToString("train_test_split(test_size=50, random_state=42) (2099 train, 50 test)");
        assertThatIllegalArgumentException().isThrownBy(() -> new RandomSplit(50, 42).split(50));
    }

    @Test
    void refusesWhatCannotBeSplit() {
        assertThatIllegalArgumentException().isThrownBy(() -> new RandomSplit(0.0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new RandomSplit(1.5, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new RandomSplit(Double.NaN, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new RandomSplit(0.2, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> new RandomSplit(0.2, 1L << 32));
        assertThatIllegalArgumentException().isThrownBy(() -> new RandomSplit(0.2, 1).split(1));
        assertThatIllegalArgumentException().isThrownBy(() -> new RandomSplit(0.9, 1).split(2));
        assertThatIllegalArgumentException().isThrownBy(() -> new KFold(1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new KFold(5, 1).split(4));
    }

    /** The historical split of the 2340 nuclides; the parts of the paper are of 2278 of them. */
    @Test
    void dividesByFirstEdition() {
        DataLibrary library = DataLibrary.bundled();
        List<MassEntry> base = Selections.set2340().select(library.experimental("ame2020"));
        FirstEditionSplit rule = FirstEditionSplit.standard(library);
        List<int[]> parts = rule.parts(base);
        assertThat(parts.stream().map(part -> part.length)).containsExactly(1335, 178, 428, 281, 118);
        Split extrapolation = rule.split(base, 2, 4);
        assertThat(extrapolation.train()).hasSize(1335 + 178).isSorted();
        assertThat(extrapolation.test()).isEqualTo(parts.get(4));
    }

    static Stream<List<Integer>> otherRules() {
        return Stream.of(List.of(0, 1505), List.of(1, 182), List.of(2, 202));
    }

    /** Other readings of the rule give other numbers: with no limit 1505, with other files of 1993 and 1995 182, 202. */
    @ParameterizedTest
    @MethodSource("otherRules")
    void dependsOnTheRule(List<Integer> expected) {
        DataLibrary library = DataLibrary.bundled();
        List<MassEntry> base = Selections.set2340().select(library.experimental("ame2020"));
        int part = expected.get(0) == 0 ? 0 : 1;
        String second = List.of("ame1993", "ame1993exp", "ame1995").get(expected.get(0));
        double limit = expected.get(0) == 0 ? Double.POSITIVE_INFINITY : 100.0;
        FirstEditionSplit rule = new FirstEditionSplit(
                Stream.of("ame1983", second, "ame2003", "ame2012")
                        .map(library::experimental)
                        .toList(),
                limit);
        assertThat(rule.parts(base).get(part)).hasSize(expected.get(1));
    }
}
