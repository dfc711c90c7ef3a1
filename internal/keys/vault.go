package keys

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hashicorp/vault/api"
	"github.com/hashicorp/vault/api/auth/approle"

	"github.com/analytix-flow/analytix/internal/outbound"
)

// Vault wraps keys by the transit engine of HashiCorp Vault or OpenBao: the key that wraps never leaves it. It implements
// Provider. Rotation happens there; wrap the instance's keys anew afterwards.
type Vault struct {
	client *api.Client
	path   string // of the engine
	key    string // its name in the engine; of type aes256-gcm96, which takes associated data
	told   atomic.Pointer[func(error)]
}

// vaultWithin bounds a request where the environment says nothing else (VAULT_CLIENT_TIMEOUT).
const vaultWithin = 15 * time.Second

// VaultConfig says where the Vault is. What is empty is read from Vault's own environment (VAULT_ADDR, VAULT_TOKEN,
// VAULT_CACERT, VAULT_NAMESPACE and so on).
type VaultConfig struct {
	Address string
	Engine  string // path of the transit engine; "transit" by default
	Key     string // name of the key; "analytix" by default
	// RoleID and SecretFile sign in by AppRole, SecretFile holding the secret id; otherwise there must be a token.
	RoleID     string
	SecretFile string
	// HTTP reaches the Vault in tests; nil means the client that the environment describes.
	HTTP *http.Client
}

// OpenVault signs in and makes sure that the key wraps and unwraps.
func OpenVault(ctx context.Context, cfg VaultConfig) (*Vault, error) {
	c := api.DefaultConfig()
	if c.Error != nil {
		return nil, fmt.Errorf("reading the environment of the Vault: %w", c.Error)
	}
	if cfg.HTTP != nil {
		own := *cfg.HTTP
		c.HttpClient = &own
	}
	if cfg.Address != "" {
		c.Address = cfg.Address
	}
	if os.Getenv(api.EnvVaultClientTimeout) == "" {
		c.Timeout = vaultWithin
	}
	v := &Vault{path: orElse(cfg.Engine, "transit"), key: orElse(cfg.Key, "analytix")}
	c.HttpClient.Transport = outbound.NewWay(outbound.Limits{Down: outbound.Gateway, Told: v.tell}).Guard(c.HttpClient.Transport)
	client, err := api.NewClient(c)
	if err != nil {
		return nil, fmt.Errorf("reaching the Vault: %w", err)
	}
	v.client = client
	if cfg.RoleID != "" {
		if err := v.signIn(ctx, cfg); err != nil {
			return nil, err
		}
	}
	if client.Token() == "" {
		return nil, errors.New("reaching the Vault: there is no token (VAULT_TOKEN) and no role to sign in with")
	}
	return v, v.try(ctx)
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return strings.Trim(text, "/")
}

func (v *Vault) signIn(ctx context.Context, cfg VaultConfig) error {
	role, err := approle.NewAppRoleAuth(cfg.RoleID, &approle.SecretID{FromFile: cfg.SecretFile})
	if err != nil {
		return fmt.Errorf("signing in to the Vault: %w", err)
	}
	ctx, end := outbound.Operation(ctx)
	_, err = v.client.Auth().Login(ctx, role)
	if err = end(err); err != nil {
		return fmt.Errorf("signing in to the Vault: %w", vaultError(err))
	}
	return nil
}

// Watch has f told what came of each request: nil where the Vault answered.
func (v *Vault) Watch(f func(error)) { v.told.Store(&f) }

func (v *Vault) tell(_ string, err error) {
	if f := v.told.Load(); f != nil {
		(*f)(err)
	}
}

// Check says whether the Vault wraps and unwraps.
func (v *Vault) Check(ctx context.Context) error { return v.try(ctx) }

// try wraps and unwraps something, so that a server with a wrong key says so when it starts and not when data comes.
func (v *Vault) try(ctx context.Context) error {
	host, err := os.Hostname()
	if err != nil {
		host = "somewhere"
	}
	b := Binding{Purpose: ForInstance, Name: "trial at " + host}
	wrapped, err := v.Wrap(ctx, NewSecret([]byte("this is no key")), b)
	if err != nil {
		return err
	}
	_, err = v.Unwrap(ctx, wrapped, b)
	return err
}

// Wrap implements Provider.
func (v *Vault) Wrap(ctx context.Context, key Secret, b Binding) ([]byte, error) {
	text, err := v.ask(ctx, "encrypt", "ciphertext", map[string]any{"plaintext": base64.StdEncoding.EncodeToString(key.Bytes()), "associated_data": bound(b)})
	if err != nil {
		return nil, fmt.Errorf("wrapping the key of %s %s by the Vault: %w", b.Purpose, b.Name, vaultError(err))
	}
	return []byte(text), nil
}

// Unwrap implements Provider.
func (v *Vault) Unwrap(ctx context.Context, wrapped []byte, b Binding) (Secret, error) {
	text, err := v.ask(ctx, "decrypt", "plaintext", map[string]any{"ciphertext": string(wrapped), "associated_data": bound(b)})
	if err != nil {
		var r *api.ResponseError
		if errors.As(err, &r) && r.StatusCode == http.StatusBadRequest { // the Vault looked at it, and it is not so
			return Secret{}, fmt.Errorf("the key of %s %s: %w", b.Purpose, b.Name, ErrUnwrap)
		}
		return Secret{}, fmt.Errorf("unwrapping the key of %s %s by the Vault: %w", b.Purpose, b.Name, vaultError(err))
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return Secret{}, fmt.Errorf("the key of %s %s: %w", b.Purpose, b.Name, ErrUnwrap)
	}
	return NewSecret(raw), nil
}

// bound is the binding as associated data: a wrapped key is good for it alone.
func bound(b Binding) string {
	return base64.StdEncoding.EncodeToString([]byte(string(b.Purpose) + "\x00" + b.Name))
}

// ask has the engine do something and returns one field of its answer. The client tries again by itself where the Vault
// does not answer.
func (v *Vault) ask(ctx context.Context, what, field string, body map[string]any) (string, error) {
	ctx, end := outbound.Operation(ctx)
	answer, err := v.client.Logical().WriteWithContext(ctx, v.path+"/"+what+"/"+v.key, body)
	if err = end(err); err != nil {
		return "", err
	}
	if answer != nil {
		if text, ok := answer.Data[field].(string); ok {
			return text, nil
		}
	}
	return "", fmt.Errorf("its answer to %s has no %s", what, field)
}

// vaultError keeps of the client's error what tells an operator something: it quotes no body that was sent.
func vaultError(err error) error {
	var r *api.ResponseError
	if errors.As(err, &r) {
		return fmt.Errorf("it answers %d: %s", r.StatusCode, strings.Join(r.Errors, "; "))
	}
	return err
}
