package gputrain.nuclide;

/**
 * A nuclide: proton number and neutron number.
 *
 * @param Z proton number, at least 0
 * @param N neutron number, at least 0
 */
public record Nuclide(int Z, int N) implements Comparable<Nuclide> {

    /** @throws IllegalArgumentException when a number is negative or both are 0 */
    public Nuclide {
        if (Z < 0 || N < 0 || Z + N == 0) {
            throw new IllegalArgumentException("not a nuclide: Z=" + Z + ", N=" + N);
        }
    }

    /** Mass number. */
    public int A() {
        return Z + N;
    }

    /** Orders by A, then Z: the order of the AME mass files. */
    @Override
    public int compareTo(Nuclide other) {
        int byMass = Integer.compare(A(), other.A());
        return byMass != 0 ? byMass : Integer.compare(Z, other.Z);
    }
}
