// Package semantic knows what values mean beyond their data type: an e-mail address, a postcode, a person's name. A
// semantic type is a validator, the words of a column's name that hint at it, and a prior that says how much a value
// that passes proves on its own. Everything here is pure; one file holds one family of types.
//
// The ids are stable: they appear in findings.json.
package semantic
