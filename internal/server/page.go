package server

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/analytix-flow/analytix/internal/httpapi"
)

// pagePolicy is what the page may do: run scripts of this host, and talk to it. Styles may stand inline, for the components
// set widths and colours that way; scripts may not, and no text becomes code.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// noPage is shown where the program was built without the web application.
const noPage = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Analytix Flow</title></head><body>
<h1>Analytix Flow</h1><p>This program was built without the web application. Build it with <code>make build</code>.</p>
<p>The API answers at <a href="/api/v1/docs">/api/v1/docs</a>.</p></body></html>`

// page serves the web application: its files, and for every other address that a browser opens the one page, which finds
// out by itself what to show.
type page struct {
	files  fs.FS // nil where there are none
	secure bool
	mu     sync.Mutex
	ready  map[string]*asset
}

// asset is a file as it is sent.
type asset struct {
	media string
	tag   string
	plain []byte
	small []byte // by gzip; nil where that does not pay
}

func newPage(files fs.FS, secure bool) *page {
	return &page{files: files, secure: secure, ready: map[string]*asset{}}
}

// ServeHTTP implements http.Handler.
func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	head := w.Header()
	httpapi.SecurityHeaders(head, p.secure)
	head.Set("Content-Security-Policy", pagePolicy)
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		head.Set("Allow", "GET, HEAD")
		answer(w, http.StatusMethodNotAllowed, "there is no such method here\n")
		return
	}
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	if a := p.asset(name); a != nil && name != "index.html" {
		// The names of built files hold a hash of what is in them: they never change.
		if strings.HasPrefix(name, "assets/") {
			head.Set("Cache-Control", "public, max-age=31536000, immutable")
		} else {
			head.Set("Cache-Control", "no-cache")
		}
		a.send(w, r)
		return
	}
	if !opens(r, name) {
		answer(w, http.StatusNotFound, "there is nothing here\n")
		return
	}
	head.Set("Cache-Control", "no-cache")
	a := p.asset("index.html")
	if a == nil {
		a = &asset{media: "text/html; charset=utf-8", tag: `"none"`, plain: []byte(noPage)}
	}
	a.send(w, r)
}

// opens says whether a browser opens an address, in the place of a script or a program that asks for something there. What
// belongs to the API or is a built file is never the page.
func opens(r *http.Request, name string) bool {
	if name == "api" || strings.HasPrefix(name, "api/") || strings.HasPrefix(name, "assets/") || strings.HasPrefix(name, ".") {
		return false
	}
	return name == "" || strings.Contains(r.Header.Get("Accept"), "text/html")
}

// asset reads a file once; nil where there is none.
func (p *page) asset(name string) *asset {
	if p.files == nil || name == "" {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if a, ok := p.ready[name]; ok {
		return a
	}
	plain, err := fs.ReadFile(p.files, name)
	if err != nil {
		return nil // not kept: the names that clients think of have no end
	}
	sum := sha256.Sum256(plain)
	a := &asset{media: mime.TypeByExtension(path.Ext(name)), tag: `"` + hex.EncodeToString(sum[:12]) + `"`, plain: plain}
	if a.media == "" {
		a.media = "application/octet-stream"
	}
	if small := shrunk(plain); len(small) < len(plain)*9/10 {
		a.small = small
	}
	p.ready[name] = a
	return a
}

func shrunk(plain []byte) []byte {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return plain
	}
	if _, err := z.Write(plain); err != nil {
		return plain
	}
	if err := z.Close(); err != nil {
		return plain
	}
	return b.Bytes()
}

func (a *asset) send(w http.ResponseWriter, r *http.Request) {
	head := w.Header()
	head.Set("Content-Type", a.media)
	head.Set("ETag", a.tag)
	head.Set("Vary", "Accept-Encoding")
	if r.Header.Get("If-None-Match") == a.tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := a.plain
	if a.small != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		head.Set("Content-Encoding", "gzip")
		body = a.small
	}
	head.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) //nolint:gosec // what was built in; a client that is gone needs no answer
	}
}
