package server

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// Probe asks the server that listens where cfg says, on this machine, for one of the paths that watch answers, and gives back what
// it says. What is not 200 is an error.
func Probe(ctx context.Context, cfg *Config, path string, within time.Duration) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	scheme := "http"
	// The certificate is made out to the name that users see, which is not that of the loopback; the question holds no secret.
	transport := &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS13}} //nolint:gosec // as said
	if cfg.TLS.on() {
		scheme = "https"
		if len(cfg.TLS.Domains) > 0 {
			transport.TLSClientConfig.ServerName = cfg.TLS.Domains[0] // without a name there is no certificate by ACME
		}
	}
	at, err := ownAddress(cfg.Listen)
	if err != nil {
		return "", err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+at+path, http.NoBody)
	if err != nil {
		return "", fmt.Errorf("asking the server: %w", err)
	}
	answer, err := (&http.Client{Transport: transport}).Do(r)
	if err != nil {
		return "", fmt.Errorf("asking the server that should listen on %s: %w", cfg.Listen, err)
	}
	defer answer.Body.Close() //nolint:errcheck // only read
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1<<10))
	if err != nil {
		return "", fmt.Errorf("reading what the server on %s answers: %w", cfg.Listen, err)
	}
	said := strings.TrimSpace(string(text))
	if answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("the server on %s says %d: %s", cfg.Listen, answer.StatusCode, said)
	}
	return said, nil
}

// ownAddress is the address by which a server is reached from its own machine.
func ownAddress(listen string) (string, error) {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return "", fmt.Errorf("the address to listen on, %q: %w", listen, err)
	}
	ip, err := netip.ParseAddr(host)
	switch {
	case host == "" || (err == nil && ip == netip.IPv4Unspecified()):
		host = "127.0.0.1"
	case err == nil && ip == netip.IPv6Unspecified():
		host = "::1"
	}
	return net.JoinHostPort(host, port), nil
}
