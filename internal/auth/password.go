package auth

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Hashing is the cost of a password's hash (argon2id). It is kept with each hash; a hash that cost less is made anew
// when its owner signs in.
type Hashing struct {
	MemoryKiB uint32 // 65536
	Passes    uint32 // 3
	Lanes     uint8  // 1
	// AtOnce is how many hashes are computed at the same time, each of which takes MemoryKiB; the number of processors.
	AtOnce int
	// Waiting is how many may wait for their turn; who comes then is sent away with ErrBusy. 64.
	Waiting int
}

const (
	saltSize = 16
	hashSize = 32
)

// hasher computes and checks hashes of passwords, not too many at once.
type hasher struct {
	cost    Hashing
	turns   chan struct{}
	waiting atomic.Int64
	dummy   string // stands for the hash of accounts that are not there
}

func newHasher(h Hashing) (*hasher, error) {
	h.MemoryKiB = orDefault(h.MemoryKiB, 64<<10)
	h.Passes = orDefault(h.Passes, 3)
	h.Lanes = orDefault(h.Lanes, 1)
	h.AtOnce = orDefault(h.AtOnce, runtime.NumCPU())
	h.Waiting = orDefault(h.Waiting, 64)
	if h.AtOnce < 1 || h.Waiting < 1 {
		return nil, errors.New("the cost of passwords: a number is negative")
	}
	x := &hasher{cost: h, turns: make(chan struct{}, h.AtOnce)}
	x.dummy = x.encode(random(saltSize), random(hashSize))
	return x, nil
}

// turn waits until a hash may be computed; done gives the turn back.
func (h *hasher) turn(ctx context.Context) (done func(), err error) {
	if h.waiting.Add(1) > int64(h.cost.Waiting+h.cost.AtOnce) {
		h.waiting.Add(-1)
		return nil, ErrBusy
	}
	select {
	case h.turns <- struct{}{}:
		return func() { <-h.turns; h.waiting.Add(-1) }, nil
	case <-ctx.Done():
		h.waiting.Add(-1)
		return nil, fmt.Errorf("waiting to check a password: %w", ctx.Err())
	}
}

// hash makes the hash of a password, in the PHC string format.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	done, err := h.turn(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	salt := random(saltSize)
	return h.encode(salt, argon2.IDKey(normal(password), salt, h.cost.Passes, h.cost.MemoryKiB, h.cost.Lanes, hashSize)), nil
}

func (h *hasher) encode(salt, hash []byte) string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.cost.MemoryKiB, h.cost.Passes, h.cost.Lanes, b64(salt), b64(hash))
}

// verify says whether the password is that of the hash, and whether the hash should be made anew. An empty hash stands
// for an account that is not there or has no password: nothing fits it, after the same work.
func (h *hasher) verify(ctx context.Context, encoded, password string) (ok, outdated bool, err error) {
	absent := encoded == ""
	if absent {
		encoded = h.dummy
	}
	cost, salt, want, err := parseHash(encoded)
	if err != nil {
		return false, false, err
	}
	done, err := h.turn(ctx)
	if err != nil {
		return false, false, err
	}
	defer done()
	got := argon2.IDKey(normal(password), salt, cost.Passes, cost.MemoryKiB, cost.Lanes, uint32(len(want)))
	ok = subtle.ConstantTimeCompare(got, want) == 1 && !absent
	outdated = cost.MemoryKiB < h.cost.MemoryKiB || cost.Passes < h.cost.Passes || len(want) < hashSize
	return ok, outdated, nil
}

// parseHash reads a hash as encode writes it. It comes from our records; what it says is still bounded.
func parseHash(encoded string) (cost Hashing, salt, hash []byte, err error) {
	bad := errors.New("the hash of a password in the records is damaged: set a new password by a reset")
	parts := strings.Split(encoded, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return cost, nil, nil, bad
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &cost.MemoryKiB, &cost.Passes, &cost.Lanes); err != nil {
		return cost, nil, nil, bad
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	hash, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(salt) < 8 || len(hash) < 16 || len(hash) > 64 || cost.Passes < 1 || cost.Passes > 64 || cost.Lanes < 1 ||
		cost.MemoryKiB < 8 || cost.MemoryKiB > 4<<20 {
		return cost, nil, nil, bad
	}
	return cost, salt, hash, nil
}

// normal is the form of a password that is hashed: the same whatever keyboard composed its characters (NIST SP 800-63B).
func normal(password string) []byte { return []byte(norm.NFKC.String(password)) }
