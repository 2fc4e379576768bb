package gputrain;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of the house: which package may know which, and how long a file may be. */
class ArchitectureTest {
    /** A package may import those before it. */
    private static final List<String> ORDER = List.of(
            "file",
            "nuclide",
            "data",
            "features",
            "model",
            "engine",
            "train",
            "evaluation",
            "experiment",
            "report",
            "cli");

    private static final int LONGEST_FILE = 400;

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("gputrain");

    @Test
    void everyClassBelongsToAPackageOfTheOrder() {
        assertThat(CLASSES).isNotEmpty();
        assertThat(CLASSES).allMatch(one -> ORDER.contains(one.getPackageName().split("\\.", -1)[1]));
    }

    @Test
    void packagesImportOnlyLeftward() {
        for (int i = 0; i + 1 < ORDER.size(); i++) {
            String[] later = ORDER.subList(i + 1, ORDER.size()).stream()
                    .map(name -> "gputrain." + name + "..")
                    .toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage("gputrain." + ORDER.get(i) + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(later)
                    .allowEmptyShould(true)
                    .check(CLASSES);
        }
    }

    /** Matrices in, parameters out. */
    @ParameterizedTest
    @ValueSource(strings = {"model", "engine", "train"})
    void trainingKnowsNothingOfNuclei(String name) {
        noClasses()
                .that()
                .resideInAPackage("gputrain." + name + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("gputrain.nuclide..", "gputrain.data..", "gputrain.features..")
                .check(CLASSES);
    }

    /** Engines are found by ServiceLoader; nobody names one. */
    @ParameterizedTest
    @ValueSource(strings = {"jvm", "cpp", "cuda"})
    void noImplementationIsNamedOutsideItsPackage(String name) {
        String itsPackage = "gputrain.engine." + name + "..";
        noClasses()
                .that()
                .resideOutsideOfPackage(itsPackage)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(itsPackage)
                .check(CLASSES);
    }

    @Test
    void onlyTheNativeEngineSeesJavaCpp() {
        noClasses()
                .that()
                .resideOutsideOfPackage("gputrain.engine.cpp..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bytedeco..")
                .check(CLASSES);
    }

    @Test
    void onlyTheGpuEngineSeesJcuda() {
        noClasses()
                .that()
                .resideOutsideOfPackage("gputrain.engine.cuda..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jcuda..")
                .check(CLASSES);
    }

    @Test
    void filesStayShort() throws IOException {
        List<String> tooLong = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            for (Path file :
                    files.filter(one -> one.toString().endsWith(".java")).toList()) {
                int lines = Files.readAllLines(file).size();
                if (lines > LONGEST_FILE) {
                    tooLong.add(file + ": " + lines + " lines");
                }
            }
        }
        assertThat(tooLong).isEmpty();
    }
}
