package server

import (
	"net"
	"strings"
	"testing"
	"time"
)

func TestAProbeRepeatsWhatTheServerSaysOfItself(t *testing.T) {
	t.Parallel()
	d := sitDownAt(t, Config{Listen: "127.0.0.1:0", TLS: TLS{SelfMade: true}})
	cfg := d.server.cfg
	cfg.Listen = d.server.net.Addr().String()
	for path, want := range map[string]string{"/healthz": "alive", "/readyz": "ready"} {
		if said, err := Probe(t.Context(), &cfg, path, time.Minute); err != nil || said != want {
			t.Errorf("%s: %q, %v", path, said, err)
		}
	}
	d.server.draining.Store(true)
	if _, err := Probe(t.Context(), &cfg, "/readyz", time.Minute); err == nil || !strings.Contains(err.Error(), "503: it is ending") {
		t.Errorf("of a server that is ending: %v", err)
	}
	if _, err := Probe(t.Context(), &cfg, "/healthz", time.Minute); err != nil {
		t.Errorf("a server that is ending lives: %v", err)
	}
}

func TestAProbeOfNobodyFails(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Probe(t.Context(), &Config{Listen: at}, "/readyz", time.Minute); err == nil || !strings.Contains(err.Error(), at) {
		t.Errorf("%v", err)
	}
}

func TestAServerIsReachedFromItsOwnMachine(t *testing.T) {
	t.Parallel()
	for listen, want := range map[string]string{
		":8080": "127.0.0.1:8080", "0.0.0.0:443": "127.0.0.1:443", "[::]:443": "[::1]:443", "10.0.0.7:80": "10.0.0.7:80", "localhost:1": "localhost:1",
	} {
		if got, err := ownAddress(listen); err != nil || got != want {
			t.Errorf("%s: %q, %v", listen, got, err)
		}
	}
	if _, err := ownAddress("8080"); err == nil {
		t.Error("an address without a port passes")
	}
}
