package gputrain.engine;

class JvmFloat64ContractTest extends EngineContract {
    JvmFloat64ContractTest() {
        super("jvm", Precision.FLOAT64);
    }
}
