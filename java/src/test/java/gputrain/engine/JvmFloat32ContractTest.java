package gputrain.engine;

@TestedEngine(name = "jvm", precision = Precision.FLOAT32)
class JvmFloat32ContractTest extends EngineContract {}
