// Package reception is the first stage: it reads the file as it was received into a table, profiles every column over
// all rows, and works out what the table is about: its keys, its grain, its domain, and how it relates to the goal.
//
// What it found is the flow.Facts, the one item on which its control point asks for a decision: to keep or to correct.
package reception
