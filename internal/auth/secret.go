package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
)

const redacted = "[secret]"

// Secret is a token that was made for somebody. However it is printed, logged or encoded it does not show; Reveal gives
// it to whom it was made for.
type Secret struct{ text string }

// NewSecret takes over a token that somebody presented.
func NewSecret(text string) Secret { return Secret{text} }

// Reveal gives the token itself.
func (s Secret) Reveal() string { return s.text }

// Empty says whether there is no token.
func (s Secret) Empty() bool { return s.text == "" }

// String hides the token.
func (s Secret) String() string { return redacted }

// Format hides the token under every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// LogValue hides the token.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText refuses: whoever hands the token out says so by Reveal.
func (s Secret) MarshalText() ([]byte, error) {
	return nil, errors.New("a token cannot be encoded: reveal it")
}

// hash is what the records keep of a token of at least 256 random bits. A slow hash would add nothing to that.
func (s Secret) hash() string {
	sum := sha256.Sum256([]byte(s.text))
	return hex.EncodeToString(sum[:])
}

// newSecret makes a token of 256 random bits.
func newSecret() Secret { return Secret{base64.RawURLEncoding.EncodeToString(random(32))} }

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	return b
}

// equal compares in constant time.
func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
