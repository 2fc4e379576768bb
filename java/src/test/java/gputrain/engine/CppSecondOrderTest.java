package gputrain.engine;

@TestedEngine(name = "cpp", precision = Precision.FLOAT64)
class CppSecondOrderTest extends SecondOrderContract {}
