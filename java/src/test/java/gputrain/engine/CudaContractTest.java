package gputrain.engine;

import gputrain.engine.cuda.CudaEngine;
import org.junit.jupiter.api.Nested;

/** The contract with the kernel that the engine itself chooses, and with every other kind of kernel. */
@TestedEngine(name = "cuda", precision = Precision.FLOAT32)
class CudaContractTest extends EngineContract {

    @Nested
    @TestedEngine(name = "cuda", precision = Precision.FLOAT32)
    class SoloTest extends EngineContract {
        @Override
        public Engine engine() {
            return new CudaEngine("solo");
        }
    }

    @Nested
    @TestedEngine(name = "cuda", precision = Precision.FLOAT32)
    class GridTest extends EngineContract {
        @Override
        public Engine engine() {
            return new CudaEngine("grid:3");
        }
    }

    @Nested
    @TestedEngine(name = "cuda", precision = Precision.FLOAT32)
    class ClusterTest extends EngineContract {
        @Override
        public Engine engine() {
            return new CudaEngine("cluster8:16");
        }
    }

    @Nested
    @TestedEngine(name = "cuda", precision = Precision.FLOAT32)
    class LargeTest extends EngineContract {
        @Override
        public Engine engine() {
            return new CudaEngine("grid_large:2");
        }
    }
}
