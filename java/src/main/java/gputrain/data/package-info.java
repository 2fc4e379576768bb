/**
 * Mass tables: readers of the published files, our CSV tables, selections of nuclides and splits of rows.
 *
 * <p>Start reading at {@link gputrain.data.DataLibrary}; {@link gputrain.data.TableImport} shows how a published file
 * becomes one of our tables.
 */
package gputrain.data;
