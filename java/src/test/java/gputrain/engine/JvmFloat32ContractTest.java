package gputrain.engine;

class JvmFloat32ContractTest extends EngineContract {
    JvmFloat32ContractTest() {
        super("jvm", Precision.FLOAT32);
    }
}
