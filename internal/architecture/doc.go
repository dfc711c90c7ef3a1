// Package architecture holds no code: its tests keep what docs/architecture.md promises.
package architecture
