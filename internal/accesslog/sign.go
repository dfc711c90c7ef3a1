package accesslog

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/analytix-flow/analytix/internal/audit"
	"github.com/analytix-flow/analytix/internal/store"
)

// signed is the text that a signature is of: the place and the hash of the entry before it, by which everything before is
// held as well.
func signed(seq int64, hash string) []byte {
	return fmt.Appendf(nil, "analytix/access/v1\n%s\n%d\n%s\n", Chain, seq, hash)
}

// KeyID names a public key.
func KeyID(key ed25519.PublicKey) string {
	sum := sha256.Sum256(key)
	return hex.EncodeToString(sum[:8])
}

// sign appends the signature of the last entry.
func (a *appending) sign() error {
	if a.last == nil {
		return nil
	}
	public := a.PublicKey()
	return a.append(store.Access{Action: ActionSigned}, audit.Entry{At: a.cfg.Now(), Run: Chain, Actor: "system:server", Action: ActionSigned,
		Details: map[string]any{"algorithm": "Ed25519", "key": KeyID(public), "seq": a.last.Seq, "head": a.last.Hash,
			"signature": base64.StdEncoding.EncodeToString(ed25519.Sign(a.signer, signed(a.last.Seq, a.last.Hash)))}})
}

// checkSignature says what is wrong with a signature that follows an entry of the chain.
func checkSignature(e *audit.Entry, keys []ed25519.PublicKey) string {
	if integer(e.Details["seq"]) != int(e.Seq-1) || e.Details["head"] != e.Prev {
		return "the signature is of another entry than the one before it"
	}
	text, _ := e.Details["signature"].(string) // what is no text is no signature
	signature, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return "the signature cannot be read"
	}
	for _, k := range keys {
		if e.Details["key"] == KeyID(k) {
			if !ed25519.Verify(k, signed(e.Seq-1, e.Prev), signature) {
				return "the signature is false"
			}
			return ""
		}
	}
	return "the signature is by a key that is not this instance's"
}

// integer is a number of an entry's details; 0 where it is none.
func integer(v any) int {
	n, ok := v.(json.Number)
	if !ok {
		return 0
	}
	i, err := n.Int64()
	if err != nil {
		return 0
	}
	return int(i)
}
