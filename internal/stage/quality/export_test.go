package quality

// The tests' tables are small: what large tables need, several spans, is what they have too.
func init() { sortedRows = 100 }
