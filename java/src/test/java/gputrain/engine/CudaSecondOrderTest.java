package gputrain.engine;

@TestedEngine(name = "cuda", precision = Precision.FLOAT64)
final class CudaSecondOrderTest extends SecondOrderContract {}
