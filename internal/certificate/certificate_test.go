package certificate_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
	"github.com/miekg/dns"
	"golang.org/x/crypto/acme"

	"github.com/analytix-flow/analytix/internal/certificate"
	"github.com/analytix-flow/analytix/internal/keys"
)

func ring(t *testing.T) *keys.Ring {
	t.Helper()
	dir := t.TempDir()
	master, err := keys.Load(filepath.Join(dir, "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := keys.OpenRing(t.Context(), master, filepath.Join(dir, "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// listen serves TLS under a configuration and returns the address.
func listen(t *testing.T, c *tls.Config) string {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", c)
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }),
		ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: time.Minute}
	go func() { _ = s.Serve(l) }() // ends with the listener
	t.Cleanup(func() { _ = s.Close() })
	return l.Addr().String()
}

// shown is the certificate that a server shows for a name.
func shown(t *testing.T, address, name string, versions uint16) (*x509.Certificate, error) {
	t.Helper()
	d := tls.Dialer{Config: &tls.Config{ServerName: name, InsecureSkipVerify: true, MaxVersion: versions}}
	conn, err := d.DialContext(t.Context(), "tcp", address)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	return conn.(*tls.Conn).ConnectionState().PeerCertificates[0], nil
}

func TestSelfMadeCertificateStaysTheSame(t *testing.T) {
	t.Parallel()
	r, dir, now := ring(t), t.TempDir(), time.Now()
	made := func(hosts []string, at time.Time) (*tls.Config, string) {
		c, sum, err := certificate.Self(t.Context(), r, dir, hosts, at)
		if err != nil {
			t.Fatal(err)
		}
		return c, sum
	}
	c, first := made([]string{"localhost", "127.0.0.1"}, now)
	address := listen(t, c)
	cert, err := shown(t, address, "localhost", 0)
	if err != nil || cert.VerifyHostname("127.0.0.1") != nil || cert.VerifyHostname("localhost") != nil {
		t.Errorf("%v", err)
	}
	if _, err := shown(t, address, "localhost", tls.VersionTLS12); err == nil {
		t.Error("TLS 1.2 was taken")
	}
	if _, again := made([]string{"localhost"}, now.Add(300*24*time.Hour)); again != first {
		t.Error("another certificate without a reason")
	}
	if _, renewed := made([]string{"localhost"}, now.Add(340*24*time.Hour)); renewed == first {
		t.Error("the certificate is not renewed before its end")
	}
	if _, other := made([]string{"flow.example"}, now); other == first {
		t.Error("the certificate of other hosts is used")
	}
	noSecrets(t, dir)
}

// noSecrets says that no private key lies readable in a folder.
func noSecrets(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if bytes.Contains(text, []byte("PRIVATE KEY")) {
			t.Errorf("%s holds a private key", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestFilesAreReadAgainWhenTheyChange(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	write := func(name string) {
		c, _, err := certificate.Self(t.Context(), ring(t), t.TempDir(), []string{name}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		der, err := x509.MarshalPKCS8PrivateKey(c.Certificates[0].PrivateKey)
		if err != nil {
			t.Fatal(err)
		}
		for path, b := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: c.Certificates[0].Certificate[0]}, key: {Type: "PRIVATE KEY", Bytes: der}} {
			if err := os.WriteFile(path, pem.EncodeToMemory(b), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := certificate.Files(cert, key, nil); err == nil {
		t.Error("files that are not there were read")
	}
	write("one.example")
	var told []error
	c, err := certificate.Files(cert, key, func(err error) { told = append(told, err) })
	if err != nil {
		t.Fatal(err)
	}
	address := listen(t, c)
	want := func(name string) {
		t.Helper()
		got, err := shown(t, address, name, 0)
		if err != nil || got.VerifyHostname(name) != nil {
			t.Errorf("not the certificate of %s (%v)", name, err)
		}
	}
	want("one.example")
	write("second.example")
	want("second.example")
	if err := os.WriteFile(cert, []byte("rubbish that is no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	want("second.example")
	want("second.example")
	if len(told) != 1 {
		t.Errorf("told %d times: %v", len(told), told)
	}
}

// authority is a real ACME authority in this process, which finds flow.example at the address.
func authority(t *testing.T, challenges string) (directory string, client *http.Client) {
	t.Helper()
	t.Setenv("PEBBLE_VA_NOSLEEP", "1")
	t.Setenv("PEBBLE_WFE_NONCEREJECT", "0")
	_, port, err := net.SplitHostPort(challenges)
	if err != nil {
		t.Fatal(err)
	}
	number, err := net.LookupPort("tcp", port)
	if err != nil {
		t.Fatal(err)
	}
	quiet := log.New(io.Discard, "", 0)
	memory := db.NewMemoryStore()
	issuer := ca.New(quiet, memory, "", "ecdsa", 0, 1, map[string]ca.Profile{"default": {}})
	checker := va.New(quiet, 0, number, false, resolver(t), memory)
	front := wfe.New(quiet, memory, checker, issuer, []string{"authority.example"}, false, false, 0, 0)
	s := httptest.NewTLSServer(front.Handler())
	t.Cleanup(s.Close)
	return s.URL + wfe.DirectoryPath, s.Client()
}

// resolver is a name server for which every name is this machine.
func resolver(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &dns.Server{Listener: l, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		if q.Question[0].Qtype == dns.TypeA {
			m.Answer = []dns.RR{&dns.A{Hdr: dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeA, Class: dns.ClassINET}, A: net.IPv4(127, 0, 0, 1)}}
		}
		_ = w.WriteMsg(m)
	})}
	go func() { _ = s.ActivateAndServe() }()
	t.Cleanup(func() { _ = s.ShutdownContext(context.WithoutCancel(t.Context())) })
	return l.Addr().String()
}

func TestCertificateComesFromAnAuthority(t *testing.T) {
	// The challenge comes to the port of the server, which must be known before the authority is.
	probe, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := probe.Addr().String()
	directory, client := authority(t, address)
	dir := t.TempDir()
	r := ring(t)
	get := func() *tls.Config {
		c, err := certificate.ACME{Domains: []string{"flow.example"}, Dir: dir, Client: &acme.Client{DirectoryURL: directory, HTTPClient: client}}.Get(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	s := &http.Server{TLSConfig: get(), ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = s.ServeTLS(probe, "", "") }()
	t.Cleanup(func() { _ = s.Close() })
	first, err := shown(t, address, "flow.example", 0)
	if err != nil || first.VerifyHostname("flow.example") != nil || !strings.Contains(first.Issuer.CommonName, "Pebble") {
		t.Fatalf("%v, %v", first, err)
	}
	if _, err := shown(t, address, "other.example", 0); err == nil {
		t.Error("a certificate for a domain that nobody named")
	}
	again, err := shown(t, listen(t, get()), "flow.example", 0) // another start of the server: from the folder
	if err != nil || again.SerialNumber.Cmp(first.SerialNumber) != 0 {
		t.Errorf("the certificate was got a second time: %v", err)
	}
	noSecrets(t, dir)
	if _, err := (certificate.ACME{Dir: dir}).Get(t.Context(), r); err == nil {
		t.Error("no domains, and no error")
	}
}
