// Package condition knows what is out of order right now, as far as one process has found out, and says it in words for people: since
// when, what works all the same, what is held back, and what happens next.
//
//	board.Report(condition.Mail, "", err)    // whoever calls another system tells what came of it; nil: it is in order
//	for _, c := range board.Now() { … }      // what is out of order, the worst first
//
// Nothing is out of order for ever because nobody asks any more: what is not called by itself is looked after while it is out (see
// package server), and what has not been reported for long is known no more. The words hold no secret and nobody's data, and, but for
// Which and Why, nothing of how the server is set up: they are shown to everybody where everybody feels it.
package condition
