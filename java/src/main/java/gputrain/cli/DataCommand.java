package gputrain.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gputrain.data.DataLibrary;
import gputrain.data.MassEntry;
import gputrain.data.MassTable;
import gputrain.data.TableImport;
import gputrain.data.TableInfo;
import gputrain.data.TableKind;
import gputrain.data.TheoryTable;
import gputrain.nuclide.Elements;
import gputrain.nuclide.InputException;
import gputrain.nuclide.Nuclide;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "data",
        description = "Lists, shows, imports and verifies mass tables.",
        subcommands = {
            DataCommand.Tables.class,
            DataCommand.Show.class,
            DataCommand.Import.class,
            DataCommand.Verify.class
        })
final class DataCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "data what? Choose list, show, import or verify");
    }

    /** What the four have in common. */
    private abstract static class Base implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        final PrintWriter out() {
            return spec.commandLine().getOut();
        }

        final boolean json() {
            return json;
        }
    }

    /** Those that read tables. */
    private abstract static class Reader extends Base {
        @Mixin
        private TablesOption tables = new TablesOption();

        final DataLibrary library() {
            return tables.library();
        }
    }

    @Command(name = "list", description = "Lists all tables.")
    static final class Tables extends Reader {
        @Override
        public Integer call() {
            List<TableInfo> all = library().list();
            if (json()) {
                ArrayNode array = new ObjectMapper().createArrayNode();
                all.forEach(table -> describe(array.addObject(), table));
                out().println(array.toPrettyString());
                return ExitCode.OK;
            }
            for (TableInfo table : all) {
                String rows = table.available() ? Integer.toString(table.rows()) : "missing";
                out().printf("%-11s %-10s %7s  %s%n", table.id(), table.kind(), rows, table.title());
            }
            out().println();
            out().println("`gpu-train data show ID` prints what a table is, or why it is missing.");
            return ExitCode.OK;
        }
    }

    @Command(name = "show", description = "Prints what a table is, or its values for nuclides.")
    static final class Show extends Reader {
        @Parameters(paramLabel = "ID", description = "A table of `gpu-train data list`.")
        private String id;

        @Option(
                names = "--nuclide",
                paramLabel = "NUCLIDE",
                split = ",",
                description = "As 208Pb, Pb208 or Z82N126; several with commas.")
        private List<String> nuclides = List.of();

        @Override
        public Integer call() {
            DataLibrary library = library();
            TableInfo table = library.info(id);
            if (!table.available()) {
                // Says where it was published, what to do and which table is nearest.
                library.theory(id);
            }
            if (nuclides.isEmpty()) {
                printTable(table);
            } else {
                printNuclides(library, table);
            }
            return ExitCode.OK;
        }

        private void printTable(TableInfo table) {
            if (json()) {
                ObjectNode node = new ObjectMapper().createObjectNode();
                describe(node, table);
                out().println(node.toPrettyString());
                return;
            }
            out().printf("%s: %s (%s, %d nuclides)%n", table.id(), table.title(), table.kind(), table.rows());
            out().println("cite:    " + table.citation());
            out().println("SHA-256: " + table.sha256());
        }

        private void printNuclides(DataLibrary library, TableInfo table) {
            ArrayNode array = new ObjectMapper().createArrayNode();
            for (String text : nuclides) {
                Nuclide nuclide = Elements.parse(text);
                ObjectNode node = array.addObject();
                node.put("nuclide", Elements.name(nuclide));
                node.put("Z", nuclide.Z());
                node.put("N", nuclide.N());
                boolean found = table.kind() == TableKind.EXPERIMENT
                        ? addMasses(node, library.experimental(id), nuclide)
                        : addMasses(node, library.theory(id), nuclide);
                if (!found) {
                    throw new InputException(
                            id + " does not have " + Elements.name(nuclide) + "; leave it out, or take another table");
                }
            }
            if (json()) {
                out().println(array.toPrettyString());
            } else {
                array.forEach(node -> {
                    out().println(node.get("nuclide").asText());
                    node.properties()
                            .forEach(field -> out().printf(
                                            "  %-32s %s%n",
                                            field.getKey(), field.getValue().asText()));
                });
            }
        }

        private static boolean addMasses(ObjectNode node, MassTable table, Nuclide nuclide) {
            Optional<MassEntry> entry = table.get(nuclide);
            entry.ifPresent(e -> {
                node.put("massExcessKeV", e.massExcessKeV());
                node.put("massExcessUncertaintyKeV", e.massExcessUncertaintyKeV());
                node.put("bindingEnergyKeV", Math.rint(e.bindingEnergyKeV() * 1e6) / 1e6);
                node.put("estimated", e.estimated());
            });
            return entry.isPresent();
        }

        private static boolean addMasses(ObjectNode node, TheoryTable table, Nuclide nuclide) {
            if (table.find(nuclide).isEmpty()) {
                return false;
            }
            for (String column : table.columns()) {
                OptionalDouble value = table.value(nuclide, column);
                if (!node.has(column) && value.isPresent()) {
                    node.put(column, value.getAsDouble());
                }
            }
            return true;
        }
    }

    @Command(
            name = "import",
            description = {
                "Reads a published table, or a CSV file as data/README.md describes it, and writes it as ID.csv.",
                "Name its directory with --data to use it."
            })
    static final class Import extends Base {
        @Parameters(paramLabel = "FILE", description = "The file to read.")
        private Path file;

        @Option(names = "--as", required = true, paramLabel = "ID", description = "What to call the table.")
        private String id;

        @Option(
                names = "--format",
                paramLabel = "FORMAT",
                description = "How FILE is written: ${COMPLETION-CANDIDATES}. Default: that of the table ID, else csv.",
                completionCandidates = Formats.class)
        private Optional<String> format = Optional.empty();

        @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to write ID.csv.")
        private Path directory;

        @Override
        public Integer call() {
            TableImport.Result result = TableImport.run(file, id, format, directory);
            if (json()) {
                ObjectNode node = new ObjectMapper().createObjectNode();
                node.put("file", result.file().toString());
                node.put("kind", result.kind().toString());
                node.put("rows", result.rows());
                node.put("sha256", result.sha256());
                out().println(node.toPrettyString());
            } else {
                out().printf(
                                Locale.ROOT,
                                "%s: %d nuclides (%s), SHA-256 %s%n",
                                result.file(),
                                result.rows(),
                                result.kind(),
                                result.sha256());
            }
            return ExitCode.OK;
        }
    }

    /** For the help text. */
    static final class Formats implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return TableImport.formats().iterator();
        }
    }

    @Command(name = "verify", description = "Reads every table and compares the program's own with their checksums.")
    static final class Verify extends Reader {
        @Override
        public Integer call() {
            DataLibrary library = library();
            List<String> faults = library.verify();
            long tables = library.list().stream().filter(TableInfo::available).count();
            if (json()) {
                ObjectNode node = new ObjectMapper().createObjectNode();
                node.put("tables", tables);
                ArrayNode array = node.putArray("faults");
                faults.forEach(array::add);
                out().println(node.toPrettyString());
            } else if (faults.isEmpty()) {
                out().printf("%d tables read; the program's own are as they were released%n", tables);
            } else {
                faults.forEach(out()::println);
            }
            return faults.isEmpty() ? ExitCode.OK : ExitCode.BAD_DATA;
        }
    }

    private static void describe(ObjectNode node, TableInfo table) {
        node.put("id", table.id());
        node.put("title", table.title());
        node.put("kind", table.kind().toString());
        node.put("available", table.available());
        node.put("rows", table.rows());
        node.put("citation", table.citation());
        node.put("sha256", table.sha256());
    }
}
