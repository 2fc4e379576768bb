/**
 * The CPU engine in C++: vector kernels with a C interface ({@code native/include/gputrain/gputrain_cpu.h}), bound with
 * JavaCPP. Nothing else sees JavaCPP.
 */
@NullMarked
package gputrain.engine.cpp;

import org.jspecify.annotations.NullMarked;
