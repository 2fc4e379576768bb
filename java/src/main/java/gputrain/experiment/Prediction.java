package gputrain.experiment;

import gputrain.nuclide.Nuclide;

/**
 * A predicted mass.
 *
 * @param massExcessMeV mean of the replicas
 * @param spreadMeV standard deviation of the replicas (with n - 1); NaN for one replica
 * @param imaginaryMeV mean of the replicas' |Im y|, of complex networks; NaN for others
 * @param uncertaintyMeV standard deviation of the mass, noise included, where the replicas have a posterior; NaN elsewhere
 */
public record Prediction(
        Nuclide nuclide, double massExcessMeV, double spreadMeV, double imaginaryMeV, double uncertaintyMeV) {

    /** Of a model without an imaginary part or a posterior. */
    public Prediction(Nuclide nuclide, double massExcessMeV, double spreadMeV) {
        this(nuclide, massExcessMeV, spreadMeV, Double.NaN, Double.NaN);
    }

    /** The same with an uncertainty. */
    Prediction withUncertainty(double valueMeV) {
        return new Prediction(nuclide, massExcessMeV, spreadMeV, imaginaryMeV, valueMeV);
    }
}
