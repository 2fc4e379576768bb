package gputrain.engine;

@TestedEngine(name = "cpp", precision = Precision.FLOAT32)
class CppContractTest extends EngineContract {}
