// Package keystest stands in for the transit engine of a Vault.
package keystest

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/analytix-flow/analytix/internal/keys"
)

// Transit answers the two calls of a transit engine with a key of the type aes256-gcm96, and a sign-in by AppRole, as
// Vault's documentation of its HTTP API describes them.
type Transit struct {
	aead   cipher.AEAD
	server *httptest.Server
	fails  atomic.Int32 // how many calls are answered with 503 first
}

// New starts one that ends with the test.
func New(t *testing.T) *Transit {
	t.Helper()
	block, err := aes.NewCipher([]byte("0123456789abcdef0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		t.Fatal(err)
	}
	v := &Transit{aead: aead}
	v.server = httptest.NewTLSServer(v)
	t.Cleanup(v.server.Close)
	return v
}

// Config reaches it with a token of the environment.
func (v *Transit) Config() keys.VaultConfig {
	return keys.VaultConfig{Address: v.server.URL, HTTP: v.server.Client()}
}

// ByRole reaches it by AppRole.
func (v *Transit) ByRole(t *testing.T) keys.VaultConfig {
	t.Helper()
	cfg := v.Config()
	cfg.RoleID, cfg.SecretFile = "role", filepath.Join(t.TempDir(), "secret-id")
	if err := os.WriteFile(cfg.SecretFile, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	return cfg
}

// Fail has it answer so many calls as a Vault that is sealed does; 0 unseals it.
func (v *Transit) Fail(calls int32) { v.fails.Store(calls) }

// ServeHTTP implements http.Handler.
func (v *Transit) ServeHTTP(w http.ResponseWriter, r *http.Request) {
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
		sealed := v.aead.Seal(nil, nil, plain, bound) //nolint:gosec // it draws its nonces itself
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
