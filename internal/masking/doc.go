// Package masking hides personal data from those who may see the rest: what a cell holds by the semantic type of its
// column, and whatever looks like a means of contact or payment inside any text. It is pure and deterministic: the same
// text is masked the same way everywhere, so that a person who looks at masked data can still tell equal from different.
//
//	email        j***@example.org        phone       ***42          iban    NL***34
//	credit card  ***1111                 name        J***           ip      192.***
//	date of birth 1980-**-**             postcode    10***          others  ***
//
// No mask tells how long the original is. Masked is for reading: whoever may filter or sort by a masked column could guess
// its content, so callers refuse that (Masker.Personal).
package masking
