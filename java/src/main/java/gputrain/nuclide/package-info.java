/** Nuclides, element symbols, and the constants with their sources. */
package gputrain.nuclide;
