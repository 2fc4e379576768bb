package gputrain.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gputrain.data.DataLibrary;
import gputrain.engine.Precision;
import gputrain.model.Activation;
import gputrain.model.DenseNetwork;
import gputrain.nuclide.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ExperimentCatalogueTest {

    @TempDir
    private Path directory;

    static List<String> names() {
        return ExperimentCatalogue.names();
    }

    /** Those that train networks. */
    static List<String> networks() {
        return names().stream().filter(name -> !name.startsWith("liu/")).toList();
    }

    /** Those of kernel models. */
    static List<String> kernelModels() {
        return names().stream().filter(name -> name.startsWith("liu/")).toList();
    }

    /** One per theory, on the nuclei of AME2020 that the theory has; RCHB's table is not ours to have. */
    @ParameterizedTest
    @MethodSource("kernelModels")
    void everyTheoryIsReadyToRun(String name) {
        KernelExperiment experiment = (KernelExperiment) ExperimentCatalogue.find(name);
        assertThat(experiment.name()).isEqualTo(name);
        assertThat(experiment.deviations()).isNotEmpty();
        assertThat(experiment.inside()).isEqualTo(KernelSettings.gprNn(3, 0.031, 0.001));
        assertThat(experiment.outside()).isEqualTo(KernelSettings.gprNn(3, 0.08, 0.2));
        KernelExperiment.Grid grid = experiment.grid().orElseThrow();
        assertThat(grid.redundant()).containsExactly(0, 1, 2, 3, 4, 5, 6);
        assertThat(grid.lengths()).hasSize(20).contains(0.031, 0.08);
        assertThat(grid.noises()).hasSize(20).contains(0.001, 0.2);
        assertThatThrownBy(() -> ExperimentCatalogue.load(name))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("kernel models");
        if (name.equals("liu/rchb")) {
            assertThatThrownBy(() -> KernelData.of(experiment, DataLibrary.bundled()))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("Xia")
                    .hasMessageContaining("data import")
                    .hasMessageContaining("drhbc");
            return;
        }
        int nuclei = KernelData.of(experiment, DataLibrary.bundled()).rows();
        assertThat(nuclei)
                .isEqualTo(
                        switch (name) {
                            case "liu/skms" -> 2293;
                            case "liu/unedf0" -> 2318;
                            default -> 2340;
                        });
    }

    @Test
    void theIndexListsTheFilesThereAre() throws IOException {
        Path root = Path.of("..", "data", "experiments");
        try (Stream<Path> files = Files.walk(root)) {
            List<String> found = files.filter(file -> file.toString().endsWith(".toml"))
                    .map(file ->
                            root.relativize(file).toString().replace('\\', '/').replace(".toml", ""))
                    .toList();
            assertThat(names()).containsExactlyInAnyOrderElementsOf(found).doesNotHaveDuplicates();
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void theIndexSaysWhatTheFilesSay(String name) {
        String line =
                ExperimentCatalogue.Entry.of(ExperimentCatalogue.find(name)).line();
        assertThat(ExperimentCatalogue.entries().stream().map(ExperimentCatalogue.Entry::line))
                .as("the line that index.txt should have for " + name + ".toml")
                .contains(line);
    }

    @Test
    void thePackedFileIsShownAsItIs() {
        String name = "huang/method-3-case-a";
        assertThat(ExperimentCatalogue.text(name))
                .isEqualTo(ExperimentCatalogue.find(name).text());
        assertThatThrownBy(() -> ExperimentCatalogue.text("huang/method-3-casea"))
                .isInstanceOf(UsageException.class);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void everyFileCanBeTrained(String name) {
        Experiment experiment = ExperimentCatalogue.load(name);
        assertThat(experiment.name()).isEqualTo(name);
        assertThat(experiment.paper().citation()).isNotBlank();
        assertThat(experiment.deviations()).isNotEmpty();
        if (name.equals("lu/kan-bhagwat") || name.equals("lu/kan-hfb31")) {
            assertThatThrownBy(() -> Prepared.of(experiment, DataLibrary.bundled()))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("data import")
                    .hasMessageContaining(name.endsWith("31") ? "hfb27" : "ws4");
            return;
        }
        Prepared prepared = Prepared.of(experiment, DataLibrary.bundled());
        if (name.startsWith("lu/")) {
            requireSetsOfLu(prepared);
            return;
        }
        if (name.startsWith("dellen/")) {
            requireSetsOfDellen(name, prepared);
            return;
        }
        String family =
                name.startsWith("zeng") ? name.substring("zeng/".length()) : name.replaceAll(".*(case-.).*", "$1");
        assertThat(prepared.trainingRows())
                .hasSize(
                        switch (family) {
                            case "case-a" -> 1720;
                            case "case-b" -> 2090;
                            case "case-c" -> 3111;
                            case "ann7-newly-measured" -> 2408;
                            default -> 3434;
                        });
        assertThat(prepared.testRows())
                .hasSize(
                        switch (family) {
                            case "case-a" -> 430;
                            case "case-b" -> 73;
                            case "case-c" -> 778;
                            case "ann7-newly-measured" -> 71;
                            default -> 122;
                        });
        // What is trained as printed keeps its last parameters.
        assertThat(experiment.training().keepBestOnTest() && name.endsWith("as-printed"))
                .isFalse();
    }

    /** Table III of the paper: rmsd and MAE of training set, test set, all; networks of Section III. */
    @ParameterizedTest
    @CsvSource({
        "huang/method-1-case-a, 0.135, 0.099, 0.204, 0.141, 0.151, 0.107, '[12, 80, 40, 1]'",
        "huang/method-2-case-a, 0.087, 0.064, 0.143, 0.099, 0.101, 0.071, '[13, 80, 40, 3]'",
        "huang/method-3-case-a, 0.052, 0.039, 0.122, 0.087, 0.071, 0.049, '[11, 80, 40, 3]'",
        "huang/method-1-case-b, 0.195, 0.145, 0.416, 0.283, 0.207, 0.150, '[12, 80, 40, 1]'",
        "huang/method-2-case-b, 0.159, 0.122, 0.237, 0.173, 0.162, 0.124, '[13, 120, 60, 3]'",
        "huang/method-3-case-b, 0.125, 0.096, 0.191, 0.144, 0.128, 0.097, '[11, 120, 60, 3]'"
    })
    void figuresAndNetworksAreThoseOfThePaper(
            String name,
            double train,
            double trainMae,
            double test,
            double testMae,
            double all,
            double allMae,
            String widths) {
        for (String variant : List.of(name, name + "-as-printed")) {
            if (names().contains(variant)) {
                Experiment experiment = ExperimentCatalogue.load(variant);
                requirePublished(experiment, "train", train, trainMae);
                requirePublished(experiment, "test", test, testMae);
                requirePublished(experiment, "all", all, allMae);
                assertThat(experiment.network().text()).isEqualTo(widths);
            }
        }
    }

    /** 2,340 nuclei, four fifths and one, divided anew for every seed. */
    private static void requireSetsOfLu(Prepared prepared) {
        assertThat(prepared.rows()).hasSize(2340);
        assertThat(prepared.dividedBySeed()).isTrue();
        List<int[]> first = prepared.rowSets(Protocol.PAPER, 1);
        List<int[]> second = prepared.rowSets(Protocol.PAPER, 2);
        assertThat(first.get(0)).hasSize(1872);
        assertThat(first.get(1)).hasSize(468).isNotEqualTo(second.get(1));
        assertThat(IntStream.concat(IntStream.of(first.get(0)), IntStream.of(first.get(1)))
                        .sorted())
                .containsExactlyElementsOf(IntStream.range(0, 2340).boxed().toList());
        assertThat(prepared.rowSets(Protocol.PAPER, 1))
                .usingRecursiveComparison()
                .isEqualTo(first);
        assertThat(prepared.protocols()).containsExactly(Protocol.PAPER);
    }

    private static void requireSetsOfDellen(String name, Prepared prepared) {
        char letter = name.replace("-lm", "").charAt(name.replace("-lm", "").length() - 1);
        assertThat(prepared.trainingRows()).hasSize(letter == 'a' ? 2827 : letter == 'b' ? 2099 : 1949);
        assertThat(prepared.testRows()).hasSize(letter == 'a' ? 730 : letter == 'b' ? 50 : 200);
        Map<String, Integer> extras = new TreeMap<>();
        prepared.extraRows().forEach((set, rows) -> extras.put(set, rows.length));
        prepared.experiment()
                .data()
                .subsets()
                .forEach(subset ->
                        extras.put(subset.name(), prepared.part(subset, prepared.rowsOf(subset.of())).length));
        assertThat(extras)
                .isEqualTo(
                        switch (letter) {
                            case 'a' -> Map.of();
                            case 'b' -> Map.of("Extra-B", 1022);
                            default -> Map.of("Extra-C", 346, "Extra-C1", 336, "Extra-C2", 44, "beyond", 40);
                        });
        assertThat(prepared.protocols()).containsExactly(Protocol.PAPER);
    }

    /** Parameters of Table 1, whose widths are the networks'. */
    @ParameterizedTest
    @CsvSource({
        "dellen/rpun-experiment-a, 151",
        "dellen/cpun-l-experiment-a, 2122",
        "dellen/cpun-l-experiment-b, 2122",
        "dellen/cpun-xs-experiment-c, 442",
        "dellen/cpun-s-experiment-c, 662",
        "dellen/cpun-l-experiment-c, 2122",
        "dellen/hpun-s-experiment-c, 331",
        "dellen/hpun-l-experiment-c, 1061",
        "dellen/mlp-l-experiment-c, 1101",
        "dellen/mlp-xl-experiment-c, 3761"
    })
    void networksOfDellenHaveThePapersWidths(String name, int parameters) {
        assertThat(ExperimentCatalogue.load(name).network().parameterCount()).isEqualTo(parameters);
    }

    /** Each with two hidden layers whose widths allow it has GPU kernels made for the widths of its network. */
    @ParameterizedTest
    @MethodSource("networks")
    void everyNetworkIsAShapeOfTheKernels(String name) throws IOException {
        Experiment experiment = ExperimentCatalogue.load(name);
        assumeTrue(experiment.training().precision() == Precision.FLOAT32, "the kernels compute in float32");
        assumeTrue(experiment.network() instanceof DenseNetwork network && network.activation() == Activation.GELU);
        List<Integer> widths = ((DenseNetwork) experiment.network()).widths();
        assumeTrue(widths.subList(1, widths.size() - 1).stream().allMatch(width -> width % 4 == 0));
        String shape = widths.stream().map(String::valueOf).collect(Collectors.joining(" ")) + " gelu";
        assertThat(Files.readAllLines(Path.of("..", "cuda-kernels", "shapes.txt")))
                .contains(shape);
    }

    private static void requirePublished(Experiment experiment, String set, double rmsd, double mae) {
        Experiment.Published published = experiment.published().get(set);
        assertThat(published.rmsdMeV()).as(set).contains(rmsd);
        assertThat(published.maeMeV()).as(set).contains(mae);
    }

    @Test
    void anUnknownNameOffersTheClosest() {
        assertThatThrownBy(() -> ExperimentCatalogue.load("huang/method-3-casea"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("did you mean \"huang/method-3-case-a\"");
        assertThatThrownBy(() -> ExperimentCatalogue.load("x"))
                .isInstanceOf(UsageException.class)
                .hasMessageNotContaining("did you mean");
    }

    @Test
    void readsAFileOfTheUser() throws IOException {
        Path file = Files.writeString(directory.resolve("mine.toml"), Tiny.TEXT);
        assertThat(ExperimentCatalogue.load(file.toString()).name()).isEqualTo("local/mine");
    }

    @Test
    void aFileThatCannotBeReadIsNamed() throws IOException {
        Path missing = directory.resolve("missing.toml");
        assertThatThrownBy(() -> ExperimentCatalogue.load(missing.toString()))
                .isInstanceOf(ExperimentException.class)
                .hasMessageContaining(missing + ": no such file");
        Path latin = Files.write(directory.resolve("latin.toml"), new byte[] {'#', (byte) 0xE4});
        assertThatThrownBy(() -> ExperimentCatalogue.load(latin.toString()))
                .isInstanceOf(ExperimentException.class)
                .hasMessageContaining(latin + ": not a text file in UTF-8");
        assertThatThrownBy(() -> ExperimentCatalogue.load("a\0.toml")).isInstanceOf(UsageException.class);
    }
}
