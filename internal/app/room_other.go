//go:build !unix

package app

// Room cannot be told here.
func (a *App) Room() error { return nil }

// Disk knows nothing here.
func (a *App) Disk() (free, size uint64, err error) { return 0, 0, nil }
