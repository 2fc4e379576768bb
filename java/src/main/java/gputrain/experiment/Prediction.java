package gputrain.experiment;

import gputrain.nuclide.Nuclide;

/**
 * A predicted mass.
 *
 * @param massExcessMeV mean of the replicas
 * @param spreadMeV standard deviation of the replicas (with n - 1); NaN for one replica
 */
public record Prediction(Nuclide nuclide, double massExcessMeV, double spreadMeV) {}
