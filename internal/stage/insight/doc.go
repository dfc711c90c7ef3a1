// Package insight is the third stage: it looks for what the cleaned data says, above all about the business goal.
//
// The search space is measure x breakdown x subspace. Measures are the count of rows, numeric columns, rates of values
// and of words in text, and durations between two time columns; breakdowns are dimensions, parts of structured text and
// the calendar; subspaces are the rows of one value. A Kind is one file: it searches a Frame (the rows in memory, or an
// even sample of them where there are many) and returns candidates, each with an SQL query on the table data. The
// handlers run the kinds; insight.select corrects for all tests made, folds what follows from something wider, ranks,
// and runs the query of each insight that is shown, so that the numbers in its sentence are those of the query.
package insight
