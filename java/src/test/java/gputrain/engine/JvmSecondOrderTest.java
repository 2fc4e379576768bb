package gputrain.engine;

@TestedEngine(name = "jvm", precision = Precision.FLOAT64)
class JvmSecondOrderTest extends SecondOrderContract {}
