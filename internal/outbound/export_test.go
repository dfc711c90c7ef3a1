package outbound

// IsAgain says whether a context is that of a further try.
var IsAgain = again
