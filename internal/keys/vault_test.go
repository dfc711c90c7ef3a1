package keys_test

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/analytix-flow/analytix/internal/keys"
	"github.com/analytix-flow/analytix/internal/outbound"
)

// transit answers the two calls of a transit engine with a key of the type aes256-gcm96, and a sign-in by AppRole, as
// Vault's documentation of its HTTP API describes them.
type transit struct {
	aead  cipher.AEAD
	fails atomic.Int32 // how many calls are answered with 503 first
	calls atomic.Int32
}

func newTransit(t *testing.T) (*transit, *httptest.Server) {
	t.Helper()
	block, err := aes.NewCipher([]byte("0123456789abcdef0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		t.Fatal(err)
	}
	v := &transit{aead: aead}
	s := httptest.NewTLSServer(v)
	t.Cleanup(s.Close)
	return v, s
}

func (v *transit) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v.calls.Add(1)
	say := func(status int, body any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(body)
	}
	fail := func(status int, why string) { say(status, map[string]any{"errors": []string{why}}) }
	if v.fails.Add(-1) >= 0 {
		fail(http.StatusServiceUnavailable, "sealed")
		return
	}
	var in map[string]string
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		fail(http.StatusBadRequest, "no JSON")
		return
	}
	if r.URL.Path == "/v1/auth/approle/login" {
		if in["role_id"] != "role" || in["secret_id"] != "secret" {
			fail(http.StatusBadRequest, "invalid role or secret ID")
			return
		}
		say(http.StatusOK, map[string]any{"auth": map[string]any{"client_token": "token"}})
		return
	}
	if r.Header.Get("X-Vault-Token") != "token" {
		fail(http.StatusForbidden, "permission denied")
		return
	}
	bound, err := base64.StdEncoding.DecodeString(in["associated_data"])
	if err != nil {
		fail(http.StatusBadRequest, "associated data")
		return
	}
	switch r.URL.Path {
	case "/v1/transit/encrypt/analytix":
		plain, err := base64.StdEncoding.DecodeString(in["plaintext"])
		if err != nil {
			fail(http.StatusBadRequest, "plaintext")
			return
		}
		sealed := v.aead.Seal(nil, nil, plain, bound)
		say(http.StatusOK, map[string]any{"data": map[string]any{"ciphertext": "vault:v1:" + base64.StdEncoding.EncodeToString(sealed)}})
	case "/v1/transit/decrypt/analytix":
		sealed, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(in["ciphertext"], "vault:v1:"))
		if err == nil {
			sealed, err = v.aead.Open(nil, nil, sealed, bound)
		}
		if err != nil {
			fail(http.StatusBadRequest, "cipher: message authentication failed")
			return
		}
		say(http.StatusOK, map[string]any{"data": map[string]any{"plaintext": base64.StdEncoding.EncodeToString(sealed)}})
	default:
		fail(http.StatusNotFound, "no handler")
	}
}

func TestVaultWrapsTheKeysOfARing(t *testing.T) {
	t.Parallel()
	v, s := newTransit(t)
	secret := filepath.Join(t.TempDir(), "secret-id")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	v.fails.Store(1) // the client tries again by itself
	provider, err := keys.OpenVault(t.Context(), keys.VaultConfig{Address: s.URL, RoleID: "role", SecretFile: secret, HTTP: s.Client()})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "keys.json")
	ring, err := keys.OpenRing(t.Context(), provider, file)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ring.Key(t.Context(), "records", 32)
	if err != nil {
		t.Fatal(err)
	}
	again, err := keys.OpenRing(t.Context(), provider, file)
	if err != nil {
		t.Fatal(err)
	}
	same, err := again.Key(t.Context(), "records", 32)
	if err != nil || string(same.Bytes()) != string(key.Bytes()) {
		t.Errorf("another key after a restart: %v", err)
	}
	text, err := os.ReadFile(file)
	if err != nil || strings.Contains(string(text), base64.StdEncoding.EncodeToString(key.Bytes())) {
		t.Errorf("the key lies readable in the file (%v)", err)
	}
}

func TestVaultKeepsKeysToTheirPurpose(t *testing.T) {
	t.Setenv("VAULT_TOKEN", "token")
	_, s := newTransit(t)
	provider, err := keys.OpenVault(t.Context(), keys.VaultConfig{Address: s.URL, HTTP: s.Client()})
	if err != nil {
		t.Fatal(err)
	}
	b := keys.Binding{Purpose: keys.ForDataset, Name: "d1"}
	wrapped, err := provider.Wrap(t.Context(), keys.NewSecret([]byte("0123456789abcdef0123456789abcdef")), b)
	if err != nil {
		t.Fatal(err)
	}
	for name, other := range map[string]keys.Binding{"dataset": {Purpose: keys.ForDataset, Name: "d2"}, "purpose": {Purpose: keys.ForInstance, Name: "d1"}} {
		if _, err := provider.Unwrap(t.Context(), wrapped, other); !errors.Is(err, keys.ErrUnwrap) {
			t.Errorf("unwrapped for another %s: %v", name, err)
		}
	}
	if _, err := provider.Unwrap(t.Context(), []byte("vault:v1:AAAA"), b); !errors.Is(err, keys.ErrUnwrap) {
		t.Errorf("an altered key: %v", err)
	}
}

func TestVaultThatRefusesIsToldApart(t *testing.T) {
	t.Setenv("VAULT_TOKEN", "wrong")
	_, s := newTransit(t)
	_, err := keys.OpenVault(t.Context(), keys.VaultConfig{Address: s.URL, HTTP: s.Client()})
	if err == nil || errors.Is(err, keys.ErrUnwrap) || !strings.Contains(err.Error(), "403") && !strings.Contains(err.Error(), "permission denied") {
		t.Errorf("%v", err)
	}
	t.Setenv("VAULT_TOKEN", "")
	if _, err := keys.OpenVault(t.Context(), keys.VaultConfig{Address: s.URL, HTTP: s.Client()}); err == nil {
		t.Error("no token, and no error")
	}
}

// A Vault that does not answer is asked a few times and then left alone, and whoever watches is told.
func TestAVaultThatIsGoneIsLeftAlone(t *testing.T) {
	t.Parallel()
	v, s := newTransit(t)
	secret := filepath.Join(t.TempDir(), "secret-id")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	provider, err := keys.OpenVault(t.Context(), keys.VaultConfig{Address: s.URL, RoleID: "role", SecretFile: secret, HTTP: s.Client()})
	if err != nil {
		t.Fatal(err)
	}
	var answers, fails atomic.Int32
	provider.Watch(func(err error) {
		if err == nil {
			answers.Add(1)
		} else {
			fails.Add(1)
		}
	})
	v.fails.Store(1000)
	for range 2 {
		if err := provider.Check(t.Context()); err == nil {
			t.Fatal("a Vault that is sealed answered")
		}
	}
	if err := provider.Check(t.Context()); !errors.Is(err, outbound.ErrOpen) || fails.Load() != 5 || answers.Load() != 0 {
		t.Errorf("%v after %d failures and %d answers", err, fails.Load(), answers.Load())
	}
}
