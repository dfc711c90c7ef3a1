// Package certificate gives a server its certificate, for TLS 1.3 alone: from files that the operator keeps, from an
// authority by ACME, or self-made for local use. No private key of ours lies readable on the disk.
package certificate

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"github.com/analytix-flow/analytix/internal/keys"
	"github.com/analytix-flow/analytix/internal/outbound"
)

// Keyring makes and keeps the keys of the instance; keys.Ring is one.
type Keyring interface {
	Key(ctx context.Context, name string, size int) (keys.Secret, error)
}

// base is what all servers of ours offer.
func base() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS13, NextProtos: []string{"h2", "http/1.1"}}
}

// Files serves the certificate chain and the key of two PEM files. They are read again when they have changed, so that a
// renewal needs no restart; where the new ones cannot be read the old ones stay, and tell is told why.
func Files(cert, key string, tell func(error)) (*tls.Config, error) {
	f := &files{cert: cert, key: key, tell: tell}
	if err := f.load(); err != nil {
		return nil, err
	}
	c := base()
	c.GetCertificate = f.get
	return c, nil
}

type files struct {
	cert, key string
	tell      func(error)
	mu        sync.Mutex
	now       *tls.Certificate
	stamp     string
}

func (f *files) load() error {
	stamp, err := f.look()
	if err != nil {
		return err
	}
	c, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil {
		return fmt.Errorf("reading the certificate %s with its key %s: %w", f.cert, f.key, err)
	}
	f.now, f.stamp = &c, stamp
	return nil
}

// look says by size and time whether the files are those that were read.
func (f *files) look() (string, error) {
	stamp := ""
	for _, name := range []string{f.cert, f.key} {
		info, err := os.Stat(name)
		if err != nil {
			return "", fmt.Errorf("looking for the certificate: %w", err)
		}
		stamp += fmt.Sprint(info.Size(), info.ModTime().UnixNano(), " ")
	}
	return stamp, nil
}

func (f *files) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	stamp, err := f.look()
	if err == nil && stamp == f.stamp {
		return f.now, nil
	}
	if err == nil {
		err = f.load()
	}
	if err != nil {
		f.tell(fmt.Errorf("%w; the certificate that was read before stays in use", err))
		f.stamp = stamp // told once for each change
	}
	return f.now, nil
}

// ACME says how a certificate is got from an authority.
type ACME struct {
	Domains   []string // for which certificates are asked; no others
	Email     string   // for the authority's warnings; may be empty
	Directory string   // of the authority; empty means Let's Encrypt
	Dir       string   // a private folder for accounts and certificates, encrypted
	// Client reaches the authority; nil means the default one.
	Client *acme.Client
	// Told, which may be nil, is told what came of each call: nil where the authority answered. It must return at once.
	Told func(error)
}

// acmeWithin bounds a request to the authority.
const acmeWithin = 30 * time.Second

// client reaches the authority, by one Way. What it answers with an error of its own is asked for again as far as the budget goes.
func (a *ACME) client() *acme.Client {
	c := &acme.Client{DirectoryURL: a.Directory}
	if a.Client != nil {
		c = a.Client
	}
	way := outbound.NewWay(outbound.Limits{Down: outbound.Gateway, Told: outbound.ToldOf(a.Told)})
	own := http.Client{Timeout: acmeWithin}
	if c.HTTPClient != nil {
		own = *c.HTTPClient
	}
	own.Transport = way.Guard(own.Transport)
	c.HTTPClient = &own
	c.RetryBackoff = func(n int, r *http.Request, _ *http.Response) time.Duration {
		if n > acmeTries || !way.MayRetry(r.URL.Host) {
			return -1
		}
		return time.Second << n
	}
	return c
}

// acmeTries is how often a request is made again at most.
const acmeTries = 4

// Get gives certificates of the authority, got when they are first asked for and renewed in time. The authority's challenge
// (TLS-ALPN-01) comes to the server's own port, which must be reachable as 443.
func (a ACME) Get(ctx context.Context, ring Keyring) (*tls.Config, error) {
	if len(a.Domains) == 0 {
		return nil, errors.New("a certificate by ACME needs the names of its domains")
	}
	key, err := ring.Key(ctx, "acme", 32)
	if err != nil {
		return nil, err
	}
	cache, err := newSealedCache(a.Dir, key.Bytes())
	if err != nil {
		return nil, err
	}
	m := &autocert.Manager{Prompt: autocert.AcceptTOS, Cache: cache, HostPolicy: autocert.HostWhitelist(a.Domains...), Email: a.Email, Client: a.client(),
		RenewBefore: 30 * 24 * time.Hour}
	c := m.TLSConfig() // with the protocol of the challenge
	c.MinVersion = tls.VersionTLS13
	return c, nil
}

// Check asks the authority for its directory, which says no more than that it answers.
func (a ACME) Check(ctx context.Context) error {
	if _, err := (&ACME{Directory: a.Directory}).client().Discover(ctx); err != nil {
		return fmt.Errorf("asking the authority of certificates: %w", err)
	}
	return nil
}

func makeFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("making the folder of certificates %s: %w", filepath.Base(dir), err)
	}
	return nil
}
