/**
 * From a nuclide to numbers: the catalogue of named physics features and targets, liquid-drop formulas, scalers.
 */
@NullMarked
package gputrain.features;

import org.jspecify.annotations.NullMarked;
