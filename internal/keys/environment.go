package keys

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/tink-crypto/tink-go/v2/aead/aesgcm"
	"github.com/tink-crypto/tink-go/v2/insecuresecretdataaccess"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/secretdata"
)

// Parse makes the master keyset from a text, as it stands in the environment: the content of a key file, or keys of
// 32 bytes in base64 or hexadecimal, separated by commas, the first of which wraps.
func Parse(text string) (*Master, error) {
	text = strings.TrimSpace(text)
	m := &Master{}
	handle, err := parse(text)
	if err == nil {
		err = m.use(handle)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the master key from the environment: %w", err)
	}
	return m, nil
}

func parse(text string) (*keyset.Handle, error) {
	if strings.HasPrefix(text, "{") {
		return decode([]byte(text))
	}
	manager := keyset.NewManager()
	for i, part := range strings.Split(text, ",") {
		raw, err := parseRaw(strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		id, err := addRaw(manager, raw)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			if err := manager.SetPrimary(id); err != nil {
				return nil, errors.New("its first key cannot be used")
			}
		}
	}
	handle, err := manager.Handle()
	if err != nil {
		return nil, errors.New("its keys cannot be used together: is one of them there twice?")
	}
	return handle, nil
}

func parseRaw(text string) ([]byte, error) {
	for _, decode := range []func(string) ([]byte, error){
		hex.DecodeString, base64.StdEncoding.DecodeString, base64.RawStdEncoding.DecodeString,
		base64.URLEncoding.DecodeString, base64.RawURLEncoding.DecodeString,
	} {
		if raw, err := decode(text); err == nil && len(raw) == 32 {
			return raw, nil
		}
	}
	return nil, errors.New("it is neither a keyset nor 32 bytes in base64 or hexadecimal; make one with: openssl rand -base64 32")
}

// addRaw gives a key an id that follows from the key, so that wrapped keys find theirs whatever the order.
func addRaw(manager *keyset.Manager, raw []byte) (uint32, error) {
	sum := sha256.Sum256(append([]byte("analytix/master/v1\x00"), raw...))
	id := binary.BigEndian.Uint32(sum[:4])
	if id == 0 {
		id = 1
	}
	params, err := aesgcm.NewParameters(aesgcm.ParametersOpts{
		KeySizeInBytes: 32, IVSizeInBytes: 12, TagSizeInBytes: 16, Variant: aesgcm.VariantTink,
	})
	if err != nil {
		return 0, errors.New("AES-256-GCM is not at hand")
	}
	key, err := aesgcm.NewKey(secretdata.NewBytesFromData(raw, insecuresecretdataaccess.Token{}), id, params)
	if err != nil {
		return 0, errors.New("one of its keys cannot be used")
	}
	if _, err := manager.AddKey(key); err != nil {
		return 0, errors.New("its keys cannot be used together: is one of them there twice?")
	}
	return id, nil
}
