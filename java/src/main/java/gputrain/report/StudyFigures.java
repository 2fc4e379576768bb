package gputrain.report;

import gputrain.evaluation.Bin;
import gputrain.evaluation.MassDifference;
import gputrain.evaluation.Masses;
import gputrain.evaluation.Spread;
import gputrain.experiment.Study;
import gputrain.nuclide.Elements;
import gputrain.nuclide.Nuclide;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Draws a study's figures from its data. */
final class StudyFigures {
    /** How far a chain's lines go on beyond the nuclei of the newest edition. */
    private static final int BEYOND = 12;

    private final StudyData data;
    private final String stem;

    /** @param stem begins the names of the files */
    StudyFigures(StudyData data, String stem) {
        this.data = data;
        this.stem = stem;
    }

    List<Figure> draw(Study.Figure figure) {
        if (figure instanceof Study.SensitivityFigure one) {
            return List.of(sensitivity(one));
        }
        if (figure instanceof Study.StoppingLossFigure one) {
            return one.models().stream().map(model -> stoppingLoss(one, model)).toList();
        }
        if (figure instanceof Study.ErrorMapFigure one) {
            return errorMaps(one);
        }
        if (figure instanceof Study.ResidualFigure one) {
            return List.of(residuals(one));
        }
        if (figure instanceof Study.BinnedFigure one) {
            return List.of(binned(one));
        }
        if (figure instanceof Study.ChainFigure one) {
            return one.chains().stream().flatMap(z -> chain(one, z).stream()).toList();
        }
        if (figure instanceof Study.LandscapeFigure one) {
            return landscapes(one);
        }
        if (figure instanceof Study.HistogramFigure one) {
            return histograms(one);
        }
        if (figure instanceof Study.ResidualChainFigure one) {
            return new SplineFigures(data, stem).chains(one);
        }
        if (figure instanceof Study.CorrectionFigure one) {
            return List.of(new SplineFigures(data, stem).corrections(one));
        }
        if (figure instanceof Study.ImportanceFigure one) {
            return new SplineFigures(data, stem).importance(one);
        }
        if (figure instanceof Study.NetworkFigure one) {
            return new SplineFigures(data, stem).networks(one);
        }
        return new ProductUnitFigures(data, stem).draw(figure);
    }

    private Figure sensitivity(Study.SensitivityFigure figure) {
        List<InputShares.Model> models = new ArrayList<>();
        for (Study.Model model : figure.models()) {
            List<double[]> networks = data.sensitivities(model);
            List<String> features = data.features(model);
            double[] mean = new double[features.size()];
            double[] spread = new double[features.size()];
            for (int j = 0; j < mean.length; j++) {
                int input = j;
                Spread shares =
                        Spread.of(networks.stream().map(one -> one[input]).toList(), Double.NaN);
                mean[j] = shares.mean();
                spread[j] = networks.size() > 1 ? shares.standardDeviation() : Double.NaN;
            }
            models.add(new InputShares.Model(model.label(), features, mean, spread));
        }
        return InputShares.of(
                stem + ".svg",
                "Sensitivity of each model to each of its inputs",
                "share of the mean |dy/dx| of scaled inputs (%)",
                models,
                "Mean of the networks, over all nuclei of training and test; lines: standard deviation of the networks."
                        + " y is the output that the mass is computed from.");
    }

    private Figure stoppingLoss(Study.StoppingLossFigure figure, Study.Model model) {
        List<StoppingLossChart.Network> networks = data.protocol(model).traces().stream()
                .map(trace -> stoppingLosses(figure, trace))
                .toList();
        return StoppingLossChart.of(
                stem + "-" + slug(model.label()) + ".svg",
                model.label(),
                networks,
                figure.degree(),
                figure.paperLoss(),
                figure.paperRmsdMeV());
    }

    /** A network stops at a loss when it falls below it for the first time: only new minima count. */
    private static StoppingLossChart.Network stoppingLosses(Study.StoppingLossFigure figure, Trace trace) {
        List<Double> losses = new ArrayList<>();
        List<Double> rmsd = new ArrayList<>();
        double[] test = trace.rmsdMeV().getOrDefault("test", new double[0]);
        double lowest = Double.POSITIVE_INFINITY;
        for (int i = 0; i < test.length; i++) {
            double loss = trace.loss()[i];
            if (loss < lowest) {
                lowest = loss;
                if (loss >= figure.from() && loss <= figure.to() && Double.isFinite(test[i])) {
                    losses.add(loss);
                    rmsd.add(test[i]);
                }
            }
        }
        return new StoppingLossChart.Network(numbers(losses), numbers(rmsd));
    }

    private List<Figure> errorMaps(Study.ErrorMapFigure figure) {
        List<Prediction> all = figure.models().stream()
                .flatMap(model -> data.protocol(model).inside().stream())
                .toList();
        double unit = NuclideChart.classUnit(all);
        return figure.models().stream()
                .map(model -> NuclideChart.of(
                        stem + "-" + slug(model.label()) + ".svg",
                        model.label() + ": residual",
                        data.protocol(model).compared(),
                        unit))
                .toList();
    }

    private Figure residuals(Study.ResidualFigure figure) {
        List<String> names = figure.models().stream().map(Study.Model::label).toList();
        List<List<Prediction>> models =
                figure.models().stream().map(model -> of(model, figure.set())).toList();
        return ResidualComparison.of(
                stem + ".svg",
                names,
                models,
                "Residuals of the " + models.get(0).size() + " nuclei of the " + figure.set()
                        + " set; mean prediction of the networks.");
    }

    private Figure binned(Study.BinnedFigure figure) {
        List<List<Bin>> bins = new ArrayList<>();
        for (Study.Model model : figure.models()) {
            List<Prediction> nuclei = of(model, figure.set());
            double[] keys = nuclei.stream()
                    .mapToDouble(p -> figure.key().equals("A")
                            ? p.nuclide().A()
                            : Math.abs(p.nuclide().N() - p.nuclide().Z()))
                    .toArray();
            bins.add(Bin.rms(
                    keys, nuclei.stream().mapToDouble(Prediction::residualMeV).toArray(), figure.width()));
        }
        return BinnedChart.of(
                stem + ".svg",
                figure.key(),
                figure.models().stream().map(Study.Model::label).toList(),
                BinnedChart.trimmed(bins),
                "Rms deviation of the mean prediction of the networks, " + figure.set() + " set.");
    }

    /** No figure when no source has a value of this chain. */
    private Optional<Figure> chain(Study.ChainFigure figure, int z) {
        Optional<Masses> reference = figure.reference().map(data::theory);
        List<Masses> sources = new ArrayList<>();
        figure.models().forEach(model -> sources.add(data.masses(model)));
        figure.theories().forEach(id -> sources.add(data.theory(id)));
        Series experiment = series(data.experiment(), figure.quantity(), z, reference, Integer.MAX_VALUE, 0);
        double[] known = experiment.x();
        int first = known.length == 0 ? 0 : (int) known[0] - BEYOND / 3;
        int last = known.length == 0 ? Integer.MAX_VALUE : (int) known[known.length - 1] + BEYOND;
        List<Series> lines = sources.stream()
                .map(source -> series(source, figure.quantity(), z, reference, last, first))
                .toList();
        if (known.length == 0 && lines.stream().allMatch(line -> line.x().length == 0)) {
            return Optional.empty();
        }
        String of = reference.map(table -> " minus " + table.name()).orElse("");
        boolean mass = figure.quantity().equals(Study.MASS_EXCESS);
        String what = mass ? "mass" : figure.quantity();
        return Optional.of(ChainChart.of(
                stem + "-z" + z + ".svg",
                Elements.symbol(z) + " (Z = " + z + ")",
                what + of + " (MeV)",
                experiment,
                lines,
                (mass
                                ? "Atomic mass excess"
                                : figure.quantity() + " = "
                                        + MassDifference.of(figure.quantity()).equation())
                        + of + " of the isotopes of " + Elements.symbol(z)
                        + ". Each line and the points are from one source alone; open: estimated in AME2020; numbers:"
                        + " magic neutron numbers."));
    }

    private static Series series(
            Masses masses, String quantity, int z, Optional<Masses> reference, int last, int first) {
        TreeMap<Integer, MassDifference.Value> values = new TreeMap<>();
        for (Nuclide nuclide : masses.nuclides()) {
            if (nuclide.Z() != z || nuclide.N() > last || nuclide.N() < first) {
                continue;
            }
            Optional<MassDifference.Value> own = value(masses, quantity, nuclide);
            Optional<MassDifference.Value> zero = reference.isEmpty()
                    ? Optional.of(new MassDifference.Value(0, 0, false))
                    : value(reference.get(), quantity, nuclide);
            if (own.isPresent() && zero.isPresent()) {
                values.put(
                        nuclide.N(),
                        new MassDifference.Value(
                                own.get().energyMeV() - zero.get().energyMeV(),
                                own.get().uncertaintyMeV(),
                                own.get().estimated()));
            }
        }
        return series(masses.name(), values);
    }

    private static Series series(String name, SortedMap<Integer, MassDifference.Value> values) {
        List<MassDifference.Value> list = List.copyOf(values.values());
        boolean[] open = new boolean[list.size()];
        for (int i = 0; i < open.length; i++) {
            open[i] = list.get(i).estimated();
        }
        return new Series(
                name,
                values.keySet().stream().mapToDouble(n -> n).toArray(),
                list.stream().mapToDouble(MassDifference.Value::energyMeV).toArray(),
                list.stream().mapToDouble(MassDifference.Value::uncertaintyMeV).toArray(),
                open);
    }

    private static Optional<MassDifference.Value> value(Masses masses, String quantity, Nuclide nuclide) {
        return quantity.equals(Study.MASS_EXCESS)
                ? masses.find(nuclide)
                        .map(mass ->
                                new MassDifference.Value(mass.excessMeV(), mass.uncertaintyMeV(), mass.estimated()))
                : MassDifference.of(quantity).of(masses, nuclide);
    }

    private List<Figure> landscapes(Study.LandscapeFigure figure) {
        List<Figure> figures = new ArrayList<>();
        for (Study.Model model : figure.models()) {
            Masses masses = data.masses(model);
            for (String quantity : figure.quantities()) {
                boolean neutrons = quantity.contains("n");
                TreeMap<Integer, TreeMap<Integer, MassDifference.Value>> chains = new TreeMap<>();
                for (Nuclide nuclide : masses.nuclides()) {
                    value(masses, quantity, nuclide)
                            .ifPresent(value -> chains.computeIfAbsent(
                                            neutrons ? nuclide.Z() : nuclide.N(), chain -> new TreeMap<>())
                                    .put(neutrons ? nuclide.N() : nuclide.Z(), value));
                }
                if (chains.isEmpty()) {
                    continue;
                }
                figures.add(Landscape.of(
                        stem + "-" + slug(model.label() + " " + quantity) + ".svg",
                        model.label(),
                        quantity,
                        chains.values().stream()
                                .map(values -> series(model.label(), values))
                                .toList(),
                        neutrons,
                        quantity + " = " + MassDifference.of(quantity).equation() + ", a line for each "
                                + (neutrons ? "Z" : "N") + "; numbers: magic numbers."));
            }
        }
        return figures;
    }

    private List<Figure> histograms(Study.HistogramFigure figure) {
        int highest = 1;
        for (Study.Model model : figure.models()) {
            for (int count :
                    DeviationHistogram.counts(deviations(model, figure.set()), figure.limitMeV(), figure.bins())) {
                highest = Math.max(highest, count);
            }
        }
        List<Figure> figures = new ArrayList<>();
        for (Study.Model model : figure.models()) {
            figures.add(DeviationHistogram.of(
                    stem + "-" + slug(model.label()) + ".svg",
                    model.label(),
                    deviations(model, figure.set()),
                    figure.limitMeV(),
                    figure.bins(),
                    highest));
        }
        return figures;
    }

    private double[] deviations(Study.Model model, String set) {
        return of(model, set).stream().mapToDouble(p -> -p.residualMeV()).toArray();
    }

    private List<Prediction> of(Study.Model model, String set) {
        return data.protocol(model).compared().stream()
                .filter(p -> set.equals("all") || p.set().equals(set) || (set.equals("test") && p.isHeldOut()))
                .sorted(Comparator.comparing(Prediction::nuclide))
                .toList();
    }

    private static double[] numbers(List<Double> values) {
        return values.stream().mapToDouble(x -> x).toArray();
    }

    /** A label as part of a file name. */
    static String slug(String label) {
        return label.toLowerCase(Locale.ROOT)
                .chars()
                .mapToObj(c -> Character.isLetterOrDigit(c) ? Character.toString(c) : "-")
                .collect(Collectors.joining())
                .replaceAll("-+", "-");
    }
}
