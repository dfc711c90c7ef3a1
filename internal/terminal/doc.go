// Package terminal is the full-screen form of a control point: what was found, the evidence, a preview on real rows,
// the choices with the recommended one marked, and keys for all of it.
//
// Every choice is recorded through Session as it is made, one after the other, so that leaving at any moment, or losing
// the terminal, loses nothing. Closing the control point is left to the caller: Ask says what the person wants.
// Texts of a user's data are hostile: nothing of them reaches the terminal but printable characters.
package terminal
