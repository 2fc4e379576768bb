package gputrain.data;

import gputrain.nuclide.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * All tables by id: those packed in the jar and, before them, those of directories that a person names. Tables are read
 * when first asked for and kept. Safe for use from several threads.
 */
public final class DataLibrary {

    private static final String RESOURCES = "/gputrain/data/";
    private static final DataLibrary BUNDLED = new DataLibrary(List.of());

    /** A table's text and its checksum. */
    private record Source(RawTable table, String sha256) {

        private static Source of(String file, byte[] bytes) {
            return new Source(TableCsv.read(file, bytes), Checksums.sha256(bytes));
        }

        private TableKind kind() {
            return TableImport.kindOf(table);
        }
    }

    private final List<Path> directories;
    private final Map<String, MassTable> experiments = new ConcurrentHashMap<>();
    private final Map<String, TheoryTable> theories = new ConcurrentHashMap<>();

    private DataLibrary(List<Path> directories) {
        this.directories = directories;
    }

    /** The tables in the jar. */
    public static DataLibrary bundled() {
        return BUNDLED;
    }

    /**
     * This library with the CSV files of a directory before it: {@code <id>.csv} replaces or adds the table {@code id}.
     *
     * @throws InputException when it is not a directory
     */
    public DataLibrary withDirectory(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new InputException(directory + " is not a directory; name one that holds tables as <id>.csv");
        }
        List<Path> all = new ArrayList<>(List.of(directory));
        all.addAll(directories);
        return new DataLibrary(List.copyOf(all));
    }

    /**
     * An experimental table.
     *
     * @throws UnknownTableException when there is no such table, or it is a theory
     * @throws InputException when it is one that we do not have; says where it was published and what to do
     * @throws DataFormatException when its file is damaged
     */
    public MassTable experimental(String id) {
        return experiments.computeIfAbsent(id, key -> {
            Source source = source(key, TableKind.EXPERIMENT);
            return new MassTable(key, source.table(), source.sha256());
        });
    }

    /**
     * A theory table.
     *
     * @throws UnknownTableException when there is no such table, or it is an experimental one
     * @throws InputException when it is one that we do not have; says where it was published and what to do
     * @throws DataFormatException when its file is damaged
     */
    public TheoryTable theory(String id) {
        return theories.computeIfAbsent(id, key -> {
            Source source = source(key, TableKind.THEORY);
            return new TheoryTable(key, source.table(), source.sha256());
        });
    }

    /**
     * What kind of table an id names.
     *
     * @throws UnknownTableException when there is no such table
     */
    public TableKind kind(String id) {
        Optional<Source> own = own(id);
        return own.isPresent()
                ? own.get().kind()
                : Catalogue.find(id).map(KnownTable::kind).orElseThrow(() -> unknown(id));
    }

    /** Whether there is a table of this id; without reading it. */
    public boolean has(String id) {
        return ownFile(id).isPresent() || isPacked(id);
    }

    /** All ids: the known ones in the order of the catalogue, then those of the directories. */
    public List<String> ids() {
        List<String> ids = new ArrayList<>();
        Catalogue.ALL.forEach(table -> ids.add(table.id()));
        userIds().stream().filter(id -> !ids.contains(id)).forEach(ids::add);
        return ids;
    }

    /** Every table, with its size. */
    public List<TableInfo> list() {
        return ids().stream().map(this::info).toList();
    }

    /**
     * One line of {@link #list()}.
     *
     * @throws UnknownTableException when there is no such table
     */
    public TableInfo info(String id) {
        if (ownFile(id).isEmpty()) {
            // The catalogue says what the packed file says; reading the file takes a hundred times as long.
            KnownTable known = Catalogue.find(id).orElseThrow(() -> unknown(id));
            boolean there = isPacked(id);
            return new TableInfo(
                    id,
                    known.title(),
                    known.kind(),
                    there ? known.rows() : 0,
                    known.citation(),
                    () -> checksum(id),
                    there);
        }
        if (kind(id) == TableKind.EXPERIMENT) {
            MassTable table = experimental(id);
            int rows = table.entries().size();
            return new TableInfo(id, table.title(), TableKind.EXPERIMENT, rows, table.citation(), table::sha256, true);
        }
        TheoryTable table = theory(id);
        int rows = table.entries().size();
        return new TableInfo(id, table.title(), TableKind.THEORY, rows, table.citation(), table::sha256, true);
    }

    /** Of a packed table: of what was read, if it was; empty when it is not there. */
    private String checksum(String id) {
        MassTable masses = experiments.get(id);
        TheoryTable theory = theories.get(id);
        if (masses != null) {
            return masses.sha256();
        }
        return theory != null
                ? theory.sha256()
                : packed(id).map(Checksums::sha256).orElse("");
    }

    /**
     * Compares the tables in the jar with the checksums packed beside them.
     *
     * @return one sentence per table that is missing or differs; empty when all are as they were released
     */
    public List<String> verify() {
        List<String> faults = new ArrayList<>();
        Map<String, String> sums = checksums();
        for (KnownTable known : Catalogue.ALL) {
            if (known.missing()) {
                continue;
            }
            String name = "tables/" + known.id() + ".csv";
            Optional<byte[]> bytes = resource(name);
            if (bytes.isEmpty()) {
                faults.add(name + " is not in the program; build it again or get a release");
            } else if (!Checksums.sha256(bytes.get()).equals(sums.get(name))) {
                faults.add(name + " has SHA-256 " + Checksums.sha256(bytes.get()) + ", SHA256SUMS says "
                        + sums.getOrDefault(name, "nothing") + "; restore the file, or write its new sum there");
            }
        }
        return List.copyOf(faults);
    }

    private static Map<String, String> checksums() {
        byte[] bytes = resource("SHA256SUMS")
                .orElseThrow(() -> new InputException("SHA256SUMS is not in the program; build it again"));
        Map<String, String> sums = new LinkedHashMap<>();
        for (String line : TextLines.of(bytes, StandardCharsets.UTF_8)) {
            String[] parts = line.strip().split("\\s+", 2);
            if (parts.length == 2) {
                sums.put(parts[1], parts[0]);
            }
        }
        return sums;
    }

    private Source source(String id, TableKind wanted) {
        Optional<Source> source = find(id);
        if (source.isEmpty()) {
            throw absent(id);
        }
        TableKind kind = source.get().kind();
        if (kind != wanted) {
            throw new UnknownTableException("'" + id + "' is a table of " + kind + ", not of " + wanted + "; of "
                    + wanted + " there are " + String.join(", ", knownIds(wanted)));
        }
        return source.get();
    }

    private Optional<Source> find(String id) {
        return own(id).or(() -> packed(id).map(bytes -> Source.of("data/tables/" + id + ".csv", bytes)));
    }

    /** A table of the directories. */
    private Optional<Source> own(String id) {
        return ownFile(id).map(file -> {
            try {
                return Source.of(file.toString(), Files.readAllBytes(file));
            } catch (IOException e) {
                throw new TableFileException("cannot read " + file + " (" + e + "); check its permissions", e);
            }
        });
    }

    private Optional<Path> ownFile(String id) {
        return directories.stream()
                .map(directory -> directory.resolve(id + ".csv"))
                .filter(Files::isRegularFile)
                .findFirst();
    }

    /** The file of a table in the jar. */
    private static Optional<byte[]> packed(String id) {
        return Catalogue.find(id).flatMap(known -> resource("tables/" + id + ".csv"));
    }

    private static boolean isPacked(String id) {
        return Catalogue.find(id).isPresent()
                && DataLibrary.class.getResource(RESOURCES + "tables/" + id + ".csv") != null;
    }

    private static Optional<byte[]> resource(String name) {
        try (InputStream stream = DataLibrary.class.getResourceAsStream(RESOURCES + name)) {
            return stream == null ? Optional.empty() : Optional.of(stream.readAllBytes());
        } catch (IOException e) {
            throw new TableFileException("cannot read " + name + " from the program's jar (" + e + ")", e);
        }
    }

    private InputException absent(String id) {
        KnownTable known = Catalogue.find(id).orElseThrow(() -> unknown(id));
        String nearest =
                known.nearest().map(n -> "; the nearest table we have is " + n).orElse("");
        return new InputException("the table '" + id + "' (" + known.title() + ", " + known.citation()
                + ") is not part of the program. It was published as: " + known.publishedAs()
                + ". Write it as CSV with the columns Z,N and " + TheoryTable.MASS_EXCESS + " or " + TheoryTable.BINDING
                + " (beta2,beta4,beta6 if known), run 'gpu-train data import FILE --as " + id
                + " --out DIR' and name DIR as the data directory" + nearest);
    }

    private UnknownTableException unknown(String id) {
        String closest = ids().stream()
                .min(Comparator.comparingInt(known -> EditDistance.between(id, known)))
                .orElseThrow();
        return new UnknownTableException("there is no table '" + id + "'; did you mean '" + closest + "'? There are "
                + String.join(", ", ids()));
    }

    private List<String> knownIds(TableKind kind) {
        return ids().stream().filter(id -> kind(id) == kind).toList();
    }

    private Set<String> userIds() {
        Set<String> ids = new TreeSet<>();
        for (Path directory : directories) {
            try (Stream<Path> files = Files.list(directory)) {
                files.map(file -> file.getFileName().toString())
                        .filter(name -> name.endsWith(".csv") && !name.startsWith("."))
                        .forEach(name -> ids.add(name.substring(0, name.length() - ".csv".length())));
            } catch (IOException e) {
                throw new TableFileException("cannot list " + directory + " (" + e + "); check its permissions", e);
            }
        }
        return ids;
    }
}
