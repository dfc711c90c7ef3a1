package keys

import (
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
)

const redacted = "[secret]"

// Secret is a key. However it is printed, logged or encoded, its bytes do not show.
type Secret struct{ bytes []byte }

// NewSecret takes over the bytes of a key.
func NewSecret(key []byte) Secret { return Secret{bytes: key} }

// randomSecret makes a new key of size bytes.
func randomSecret(size int) Secret {
	b := make([]byte, size)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	return Secret{bytes: b}
}

// Bytes gives the key itself, for the encryption. It must not be changed.
func (s Secret) Bytes() []byte { return s.bytes }

// Equal compares two keys in constant time.
func (s Secret) Equal(o Secret) bool { return subtle.ConstantTimeCompare(s.bytes, o.bytes) == 1 }

// String hides the key.
func (s Secret) String() string { return redacted }

// Format hides the key under every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// LogValue hides the key.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText refuses: a key is never written as it is.
func (s Secret) MarshalText() ([]byte, error) {
	return nil, errors.New("a key cannot be encoded: wrap it")
}
