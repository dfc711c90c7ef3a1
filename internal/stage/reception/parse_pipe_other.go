//go:build !linux

package reception

import "os"

// widen does nothing where pipes have a fixed size.
func widen(*os.File) {}
