// Package manifest has no code: its tests hold what the container, the Compose file and the chart of deploy/ promise. It is a
// module of its own, so that the libraries that read such files are not among those of the program.
package manifest
