package certificate

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A self-made certificate lives for a year and is made anew a month before its end, or for other hosts.
const (
	selfLife  = 365 * 24 * time.Hour
	selfRenew = 30 * 24 * time.Hour
)

// Self makes a certificate for hosts (names or addresses) that no authority vouches for, for local use. Its key is the
// instance's; the certificate is kept in dir, so that whoever has come to trust it need not again. The fingerprint is the
// SHA-256 of the certificate, by which people compare it.
func Self(ctx context.Context, ring Keyring, dir string, hosts []string, now time.Time) (c *tls.Config, fingerprint string, err error) {
	key, err := selfKey(ctx, ring)
	if err != nil {
		return nil, "", err
	}
	if err := makeFolder(dir); err != nil {
		return nil, "", err
	}
	file := filepath.Join(dir, "self.der")
	der, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, "", fmt.Errorf("reading the self-made certificate: %w", err)
	}
	if !usable(der, key, hosts, now) {
		if der, err = makeSelf(key, hosts, now); err != nil {
			return nil, "", err
		}
		if err := os.WriteFile(file, der, 0o600); err != nil {
			return nil, "", fmt.Errorf("keeping the self-made certificate: %w", err)
		}
	}
	c = base()
	c.Certificates = []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}
	sum := sha256.Sum256(der)
	return c, colons(hex.EncodeToString(sum[:])), nil
}

// selfKey is made of the instance's own key, so that it lies nowhere.
func selfKey(ctx context.Context, ring Keyring) (*ecdsa.PrivateKey, error) {
	secret, err := ring.Key(ctx, "tls", 32)
	if err != nil {
		return nil, err
	}
	seed := sha256.Sum256(append([]byte("self-made certificate "), secret.Bytes()...))
	for { // one seed in four thousand million is no key of the curve; the next one is then
		if key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), seed[:]); err == nil {
			return key, nil
		}
		seed = sha256.Sum256(seed[:])
	}
}

func usable(der []byte, key *ecdsa.PrivateKey, hosts []string, now time.Time) bool {
	c, err := x509.ParseCertificate(der)
	if err != nil || now.Before(c.NotBefore) || now.Add(selfRenew).After(c.NotAfter) || !key.PublicKey.Equal(c.PublicKey) {
		return false
	}
	return !slices.ContainsFunc(hosts, func(h string) bool { return c.VerifyHostname(h) != nil })
}

func makeSelf(key *ecdsa.PrivateKey, hosts []string, now time.Time) ([]byte, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 126))
	if err != nil {
		return nil, fmt.Errorf("making a certificate: %w", err)
	}
	t := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "Analytix Flow (self-made)"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(selfLife),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true,
	}
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else {
			t.DNSNames = append(t.DNSNames, h)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, t, t, &key.PublicKey, key)
	if err != nil {
		return nil, fmt.Errorf("making a certificate: %w", err)
	}
	return der, nil
}

func colons(hexed string) string {
	var parts []string
	for pair := range slices.Chunk([]byte(strings.ToUpper(hexed)), 2) {
		parts = append(parts, string(pair))
	}
	return strings.Join(parts, ":")
}
