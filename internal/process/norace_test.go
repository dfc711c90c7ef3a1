//go:build !race

package process_test

// raceDetector: see race_test.go.
const raceDetector = false
