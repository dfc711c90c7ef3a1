package app

import (
	"crypto/cipher"
	"fmt"

	"github.com/analytix-flow/analytix/internal/keys"
)

// sealer encrypts the sealed columns of records on PostgreSQL, with AES-256-GCM under the instance's key.
type sealer struct{ aead cipher.AEAD }

func newSealer(key []byte) (*sealer, error) {
	aead, err := keys.Sealing(key)
	if err != nil {
		return nil, fmt.Errorf("setting up the encryption of the records: %w", err)
	}
	return &sealer{aead}, nil
}

func (s *sealer) seal(plain []byte) ([]byte, error) {
	return s.aead.Seal(nil, nil, plain, nil), nil //nolint:gosec // the cipher draws its own nonce
}

func (s *sealer) unseal(sealed []byte) ([]byte, error) {
	plain, err := s.aead.Open(nil, nil, sealed, nil)
	if err != nil {
		return nil, fmt.Errorf("the record was altered, or written with another key: %w", err)
	}
	if plain == nil {
		plain = []byte{}
	}
	return plain, nil
}
