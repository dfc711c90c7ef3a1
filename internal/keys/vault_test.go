package keys_test

import (
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/analytix-flow/analytix/internal/keys"
	"github.com/analytix-flow/analytix/internal/keys/keystest"
	"github.com/analytix-flow/analytix/internal/outbound"
)

func TestVaultWrapsTheKeysOfARing(t *testing.T) {
	t.Parallel()
	v := keystest.New(t)
	v.Fail(1) // the client tries again by itself
	provider, err := keys.OpenVault(t.Context(), v.ByRole(t))
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
	v := keystest.New(t)
	provider, err := keys.OpenVault(t.Context(), v.Config())
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
	v := keystest.New(t)
	_, err := keys.OpenVault(t.Context(), v.Config())
	if err == nil || errors.Is(err, keys.ErrUnwrap) || !strings.Contains(err.Error(), "403") && !strings.Contains(err.Error(), "permission denied") {
		t.Errorf("%v", err)
	}
	t.Setenv("VAULT_TOKEN", "")
	if _, err := keys.OpenVault(t.Context(), v.Config()); err == nil {
		t.Error("no token, and no error")
	}
}

// A Vault that does not answer is asked a few times and then left alone, and whoever watches is told.
func TestAVaultThatIsGoneIsLeftAlone(t *testing.T) {
	t.Parallel()
	v := keystest.New(t)
	provider, err := keys.OpenVault(t.Context(), v.ByRole(t))
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
	v.Fail(1000)
	for range 2 {
		if err := provider.Check(t.Context()); err == nil {
			t.Fatal("a Vault that is sealed answered")
		}
	}
	if err := provider.Check(t.Context()); !errors.Is(err, outbound.ErrOpen) || fails.Load() != 5 || answers.Load() != 0 {
		t.Errorf("%v after %d failures and %d answers", err, fails.Load(), answers.Load())
	}
}
