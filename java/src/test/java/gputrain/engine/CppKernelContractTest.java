package gputrain.engine;

@TestedEngine(name = "cpp", precision = Precision.FLOAT64)
final class CppKernelContractTest extends KernelContract {}
