package keys

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
)

// Sealing is AES-256-GCM under a key of 32 bytes. It draws a nonce of its own for each message and puts it in front: Seal and
// Open take none. No error tells of the key.
func Sealing(key []byte) (cipher.AEAD, error) {
	if len(key) != DataKeySize {
		return nil, errors.New("setting up encryption: the key does not have 32 bytes")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, errors.New("setting up encryption failed")
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, errors.New("setting up encryption failed")
	}
	return aead, nil
}
