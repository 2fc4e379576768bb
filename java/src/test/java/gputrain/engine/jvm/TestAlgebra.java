package gputrain.engine.jvm;

import gputrain.engine.DenseAlgebra;

/** The jvm engine's operations, for tests of what is built on them. */
public final class TestAlgebra {
    private TestAlgebra() {}

    public static DenseAlgebra ejml() {
        return new EjmlAlgebra();
    }
}
