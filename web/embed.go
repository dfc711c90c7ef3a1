// Package web holds the built web application, so that the server is one file. `make build` builds it; a build without
// Node leaves it out, and the server then shows a page that says so.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Files are those of the application, with index.html at the root; false where the application was not built in.
func Files() (fs.FS, bool) {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, false
	}
	_, err = fs.Stat(files, "index.html")
	return files, err == nil
}
