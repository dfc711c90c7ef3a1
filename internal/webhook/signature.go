package webhook

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// HeaderSignature bears the signature of a request.
const HeaderSignature = "Analytix-Signature"

// secretPrefix marks a secret as one of a webhook, so that scanners for leaked secrets find it.
const secretPrefix = "whsec_"

func newSecret() string {
	var key [32]byte
	_, _ = rand.Read(key[:]) // never fails (crypto/rand)
	return secretPrefix + base64.RawURLEncoding.EncodeToString(key[:])
}

// Sign is the value of HeaderSignature for a body that is sent at a time: t=SECONDS,v1=HEX, where HEX is the HMAC-SHA256 of
// "SECONDS.BODY" under the secret's text.
func Sign(secret, body []byte, at time.Time) string {
	t := strconv.FormatInt(at.Unix(), 10)
	return "t=" + t + ",v1=" + hex.EncodeToString(mac(secret, t, body))
}

func mac(secret []byte, t string, body []byte) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(t + "."))
	h.Write(body)
	return h.Sum(nil)
}

// ErrSignature is wrapped by errors of Verify.
var ErrSignature = errors.New("the signature does not hold")

// Verify checks a signature, as a receiver does: that the body was signed with the secret, not longer ago than tolerance,
// so that a request that somebody caught cannot be sent again later.
func Verify(secret, body []byte, header string, now time.Time, tolerance time.Duration) error {
	var t string
	var signatures []string
	for part := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "t":
			t = value
		case "v1":
			signatures = append(signatures, value)
		}
	}
	seconds, err := strconv.ParseInt(t, 10, 64)
	if err != nil {
		return fmt.Errorf("%w: it has no time", ErrSignature)
	}
	if age := now.Sub(time.Unix(seconds, 0)); age > tolerance || age < -tolerance {
		return fmt.Errorf("%w: it is of another time", ErrSignature)
	}
	for _, s := range signatures {
		given, err := hex.DecodeString(s)
		if err == nil && hmac.Equal(given, mac(secret, t, body)) {
			return nil
		}
	}
	return fmt.Errorf("%w: the request was changed, or signed with another secret", ErrSignature)
}
