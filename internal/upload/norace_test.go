//go:build !race

package upload_test

// raceDetector says that the tests run with it.
const raceDetector = false
