// Package similarity says how alike two texts are and which of many texts may be spellings of one another:
// key-collision fingerprints, phonetic codes, edit distances, blocking and clustering. It is pure: no input and
// output, no engine, no clock.
//
// The fingerprints follow OpenRefine's key-collision methods; the edit distance is Damerau's in its restricted form
// (optimal string alignment); the phonetic code is Lawrence Philips' Metaphone, shortened to what spelling clusters need.
package similarity
