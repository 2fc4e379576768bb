package gputrain.engine;

@TestedEngine(name = "jvm", precision = Precision.FLOAT64)
final class JvmKernelContractTest extends KernelContract {}
