package gputrain.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FunctionFitTest {
    private static final double[] X =
            IntStream.range(0, 500).mapToDouble(i -> -0.8 + 1.9 * i / 499).toArray();

    private static double[] values(ElementaryFunction function, double a, double b) {
        return Arrays.stream(X).map(x -> 1.5 * function.at(a * x + b) - 0.2).toArray();
    }

    @Test
    void recoversASine() {
        double[] y = values(ElementaryFunction.SINE, 3.3, 0.7);

        FunctionFit best = FunctionFit.best(X, y, 3).get(0);

        assertThat(best.function()).isEqualTo(ElementaryFunction.SINE);
        assertThat(best.r2()).isCloseTo(1, within(1e-13));
        assertThat(best.a()).isCloseTo(3.3, within(1e-6));
        assertThat(Math.abs(best.c())).isCloseTo(1.5, within(1e-6));
        assertThat(best.d()).isCloseTo(-0.2, within(1e-6));
        for (int i = 0; i < X.length; i++) {
            double fitted = best.c() * Math.sin(best.a() * X[i] + best.b()) + best.d();
            assertThat(fitted).isCloseTo(y[i], within(1e-6));
        }
    }

    @ParameterizedTest
    @EnumSource
    void recoversItself(ElementaryFunction function) {
        double[] y = values(function, 1.7, function.positive() ? 1.8 : -0.4);

        List<FunctionFit> fits = FunctionFit.best(X, y, ElementaryFunction.values().length);

        assertThat(fits)
                .hasSize(ElementaryFunction.values().length)
                .isSortedAccordingTo((one, other) -> Double.compare(other.r2(), one.r2()));
        FunctionFit own = fits.stream()
                .filter(fit -> fit.function() == function)
                .findFirst()
                .orElseThrow();
        assertThat(own.r2()).isCloseTo(1, within(1e-9));
    }

    @Test
    void saysHowMuchOfTheVarianceItDescribes() {
        double[] y = IntStream.range(0, X.length)
                .mapToDouble(i -> X[i] + (i % 2 == 0 ? 0.5 : -0.5))
                .toArray();
        double line = Arrays.stream(X).map(x -> x * x).average().orElseThrow()
                - Math.pow(Arrays.stream(X).average().orElseThrow(), 2);

        FunctionFit fit = FunctionFit.best(X, y, ElementaryFunction.values().length).stream()
                .filter(one -> one.function() == ElementaryFunction.LINE)
                .findFirst()
                .orElseThrow();

        assertThat(fit.r2()).isCloseTo(line / (line + 0.25), within(0.01));
    }

    @Test
    void hasNothingToSayOfAConstant() {
        assertThat(FunctionFit.best(X, new double[X.length], 3)).isEmpty();
        assertThat(FunctionFit.best(new double[] {2, 2, 2}, new double[] {1, 2, 3}, 3))
                .isEmpty();
    }
}
