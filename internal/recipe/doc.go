// Package recipe keeps the decisions of a run as a readable file, recipe.yaml, and replays them on another file.
//
// A recipe says for each decided item what it was about (its fingerprint), what was chosen, by whom and why, and, for
// a repair, the operation with complete parameters. Match lays a recipe beside the proposal of a control point:
//
//   - An item is covered when the recipe holds an entry with its fingerprint. A rejected or left item stays so.
//   - An accepted or edited repair is carried out as recorded: where the new file's check proposes the same kind of
//     operation with other parameters, the recorded ones win (an edit by the recipe).
//   - A recorded table of values (map_values) that meets values it does not list is not enough: the item is New. It
//     carries Covered, the decision for the listed values alone, and Proposed, which adds what the check proposes for
//     the others; whoever decides on new things chooses between them.
//   - A decision on single rows holds for the very same file only (same SHA-256); on another file the item is New.
//   - Insights and recommendations are matched in the same way; Item.Kind tells the caller what is new.
//   - What no entry covers may be covered by a policy of the recipe; the actor is then the policy. The rest is New.
//
// The package does not run operations and reads no data.
package recipe
