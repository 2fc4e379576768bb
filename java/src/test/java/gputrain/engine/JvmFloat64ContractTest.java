package gputrain.engine;

@TestedEngine(name = "jvm", precision = Precision.FLOAT64)
class JvmFloat64ContractTest extends EngineContract {}
