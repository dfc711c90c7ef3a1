//go:build race

package process_test

// raceDetector says that the child is built with it: its own allocator ends the process where memory is refused.
const raceDetector = true
