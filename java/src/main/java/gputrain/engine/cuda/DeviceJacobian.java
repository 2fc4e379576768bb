package gputrain.engine.cuda;

import jcuda.driver.CUdeviceptr;

/** The derivatives B of rows on a GPU, however they are kept there. Vectors of parameters are of the trained ones. */
interface DeviceJacobian {

    /**
     * Takes over what the rows' {@link DeviceRows#differentiate} left.
     *
     * @param parameters of that
     * @return numbers that are finite where B is, and of moderate size
     */
    double[] differentiated(double[] parameters);

    /** B x, {@code [m]}. */
    double[] times(double[] x);

    /** B^T u, {@code [n]}. */
    double[] transposedTimes(double[] u);

    /**
     * Starts writing the system: primal B^T B + M, dual s_0 (I + B M^-1 B^T) with the smallest shift s_0.
     *
     * @param shift by group
     */
    void system(double[] shift, double smallest, CUdeviceptr to, int tiles);

    /**
     * Of a dual system, Tr(K'^-1 B_c B_c^T) by group.
     *
     * @param inverse W of K'^-1 = W W^T
     */
    double[] traces(CUdeviceptr inverse, int tiles);

    /**
     * Starts writing, for every combination g that other rows have: of a primal system g, of a dual one g M^-1 B^T, lines
     * continued to whole tiles.
     *
     * @return g M^-1 g^T of a dual system; of a primal one zeros
     */
    double[] beside(DeviceRows others, double[] parameters, double[] shift, CUdeviceptr to, int tiles);
}
