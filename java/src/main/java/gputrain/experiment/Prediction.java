package gputrain.experiment;

import gputrain.nuclide.Nuclide;

/**
 * A predicted mass.
 *
 * @param massExcessMeV mean of the replicas
 * @param spreadMeV standard deviation of the replicas (with n - 1); NaN for one replica
 * @param imaginaryMeV mean of the replicas' |Im y|, of complex networks; NaN for others
 */
public record Prediction(Nuclide nuclide, double massExcessMeV, double spreadMeV, double imaginaryMeV) {

    /** Of a model without an imaginary part. */
    public Prediction(Nuclide nuclide, double massExcessMeV, double spreadMeV) {
        this(nuclide, massExcessMeV, spreadMeV, Double.NaN);
    }
}
