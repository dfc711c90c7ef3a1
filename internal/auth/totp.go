package auth

import (
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // RFC 6238, as every authenticator has it; HMAC does not rest on collisions
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/store"
)

// The second factor is TOTP (RFC 6238): six digits from HMAC-SHA-1 over time steps of 30 seconds. A code of the step
// before or after is taken as well, for clocks that differ; no step is taken twice.
const (
	totpPending = "pending"
	totpOn      = "on"
	totpOff     = ""

	totpStep      = 30 * time.Second
	totpDigits    = 6
	totpSecret    = 20 // bytes
	recoveryCodes = 10
	recoveryBytes = 10
)

// totpCode is the code of a time step (RFC 4226, section 5.3).
func totpCode(secret []byte, step int64) string {
	mac := hmac.New(sha1.New, secret)
	_ = binary.Write(mac, binary.BigEndian, step) // never fails (hash.Hash)
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0x0f
	return fmt.Sprintf("%0*d", totpDigits, binary.BigEndian.Uint32(sum[offset:])&0x7fffffff%1_000_000)
}

// totpMatch finds the time step near now whose code it is.
func totpMatch(secret []byte, code string, now time.Time) (int64, bool) {
	step := now.Unix() / int64(totpStep/time.Second)
	found, at := false, int64(0)
	for _, s := range []int64{step - 1, step, step + 1} {
		if equal(totpCode(secret, s), code) {
			found, at = true, s
		}
	}
	return at, found
}

type usedCode int

const (
	codeWrong usedCode = iota
	codeTOTP
	codeRecovery
)

// takeCode uses up a code or a recovery code of an account.
func (s *Service) takeCode(ctx context.Context, tx *store.Tx, account, code string) (usedCode, error) {
	r, err := tx.Account(ctx, account)
	if err != nil {
		return codeWrong, err
	}
	if r.TOTPStatus != totpOn {
		return codeWrong, nil
	}
	code = bareCode(code)
	if len(code) == totpDigits {
		step, ok := totpMatch(r.TOTP, code, s.now())
		if !ok {
			return codeWrong, nil
		}
		if ok, err = tx.AdvanceTOTP(ctx, account, step); err != nil || !ok {
			return codeWrong, err
		}
		return codeTOTP, nil
	}
	ok, err := tx.TakeRecoveryCode(ctx, account, s.recoveryHash(account, code))
	if err != nil || !ok {
		return codeWrong, err
	}
	return codeRecovery, nil
}

// bareCode takes a code as people type it.
func bareCode(code string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -\t\r\n", r) {
			return -1
		}
		return r
	}, clip(code, 64)))
}

// recoveryHash is what is kept of a recovery code: 80 random bits need no slow hash, and the key makes it worthless
// without the instance.
func (s *Service) recoveryHash(account, code string) string {
	return s.mac("recovery", account+"\x00"+code)
}

func (s *Service) mustHaveTOTP(a *Account) bool {
	return s.cfg.TOTP == ForEveryone || (s.cfg.TOTP == ForAdministrators && a.Role == access.Administrator)
}

// Enrolment is what an authenticator needs.
type Enrolment struct {
	Secret Secret // base32
	URL    Secret // otpauth://, to be shown as a QR code
}

// Enrol begins to set a second factor up. The password, where there is one, is asked for, so that a stolen session cannot
// do it. It is in use once Confirm has seen a code.
func (s *Service) Enrol(ctx context.Context, i *Identity, password string, c Client) (*Enrolment, error) {
	if err := s.confirmOwner(ctx, i, password, c); err != nil {
		return nil, err
	}
	secret := random(totpSecret)
	err := s.in(ctx, func(ctx context.Context, tx *store.Tx) error {
		r, err := tx.Account(ctx, i.Account)
		if err != nil {
			return err
		}
		if r.TOTPStatus == totpOn {
			return fmt.Errorf("a second factor (take it away first): %w", ErrExists)
		}
		r.TOTP, r.TOTPStatus, r.Updated = secret, totpPending, s.now()
		return tx.SaveAccount(ctx, r)
	})
	if err != nil {
		return nil, err
	}
	text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
	u := url.URL{Scheme: "otpauth", Host: "totp", Path: "/Analytix Flow:" + i.Email,
		RawQuery: url.Values{"secret": {text}, "issuer": {"Analytix Flow"}}.Encode()}
	return &Enrolment{Secret: NewSecret(text), URL: NewSecret(u.String())}, nil
}

// confirmOwner checks that whoever is signed in knows the password, where the account has one.
func (s *Service) confirmOwner(ctx context.Context, i *Identity, password string, c Client) error {
	if err := sessionOnly(i); err != nil {
		return err
	}
	a, err := s.Account(ctx, i.Account)
	if err != nil || !a.HasPassword {
		return err
	}
	_, err = s.confirmPassword(ctx, i, password, c)
	return err
}

// Confirm puts the second factor in use with its first code, and returns the recovery codes, which are shown once.
func (s *Service) Confirm(ctx context.Context, i *Identity, code string, c Client) ([]Secret, error) {
	if err := sessionOnly(i); err != nil {
		return nil, err
	}
	codes, hashes := s.newRecoveryCodes(i.Account)
	err := s.guarded(ctx, i, c, func(ctx context.Context, tx *store.Tx) (bool, error) {
		r, err := tx.Account(ctx, i.Account)
		if err != nil {
			return false, err
		}
		if r.TOTPStatus != totpPending {
			return false, fmt.Errorf("no second factor is being set up: %w", ErrInvalid)
		}
		step, ok := totpMatch(r.TOTP, bareCode(code), s.now())
		if !ok {
			return false, nil
		}
		if ok, err = tx.AdvanceTOTP(ctx, i.Account, step); err != nil || !ok {
			return false, err
		}
		r.TOTPStatus, r.Updated = totpOn, s.now()
		return true, errors.Join(tx.SaveAccount(ctx, r), tx.PutRecoveryCodes(ctx, i.Account, hashes), tx.LiftRestriction(ctx, i.Session))
	})
	if err != nil {
		return nil, err
	}
	s.standings.forget(i.Session)
	s.tellBy(ctx, i.By(c), Event{Kind: EventTOTPEnrolled, Account: i.Account, OK: true})
	return codes, nil
}

var lowerBase32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// guarded runs what takes a code of whoever is signed in; do says whether the code held. Guesses count.
func (s *Service) guarded(ctx context.Context, i *Identity, c Client, do func(ctx context.Context, tx *store.Tx) (bool, error)) error {
	attempt, err := s.admit(ctx, guessCode, s.lookup(i.Email), c)
	if err != nil {
		return err
	}
	var ok bool
	err = s.in(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		ok, err = do(ctx, tx)
		return err
	})
	if err != nil {
		return errors.Join(err, s.undo(ctx, attempt))
	}
	if !ok {
		return s.failed(ctx, attempt, i.Account, "code", c)
	}
	return s.succeeded(ctx, attempt)
}

func (s *Service) newRecoveryCodes(account string) (codes []Secret, hashes []string) {
	for range recoveryCodes {
		code := lowerBase32.EncodeToString(random(recoveryBytes))
		codes = append(codes, NewSecret(code[:4]+"-"+code[4:8]+"-"+code[8:12]+"-"+code[12:]))
		hashes = append(hashes, s.recoveryHash(account, code))
	}
	return codes, hashes
}

// RenewRecoveryCodes puts new recovery codes in the place of the old, for a code.
func (s *Service) RenewRecoveryCodes(ctx context.Context, i *Identity, code string, c Client) ([]Secret, error) {
	if err := sessionOnly(i); err != nil {
		return nil, err
	}
	codes, hashes := s.newRecoveryCodes(i.Account)
	err := s.guarded(ctx, i, c, func(ctx context.Context, tx *store.Tx) (bool, error) {
		used, err := s.takeCode(ctx, tx, i.Account, code)
		if err != nil || used == codeWrong {
			return false, err
		}
		return true, tx.PutRecoveryCodes(ctx, i.Account, hashes)
	})
	if err != nil {
		return nil, err
	}
	s.tellBy(ctx, i.By(c), Event{Kind: EventRecoveryRenewed, Account: i.Account, OK: true})
	return codes, nil
}

// RecoveryCodesLeft says how many recovery codes an account has left.
func (s *Service) RecoveryCodesLeft(ctx context.Context, account string) (int64, error) {
	return s.records.RecoveryCodes(ctx, account)
}

// Unenrol takes the second factor of whoever is signed in away, for the password and a code.
func (s *Service) Unenrol(ctx context.Context, i *Identity, password, code string, c Client) error {
	if err := s.confirmOwner(ctx, i, password, c); err != nil {
		return err
	}
	if s.mustHaveTOTP(&Account{Role: i.Instance}) {
		return fmt.Errorf("%w: this instance demands a second factor", ErrForbidden)
	}
	err := s.guarded(ctx, i, c, func(ctx context.Context, tx *store.Tx) (bool, error) {
		used, err := s.takeCode(ctx, tx, i.Account, code)
		if err != nil || used == codeWrong {
			return false, err
		}
		return true, s.dropTOTP(ctx, tx, i.Account)
	})
	if err != nil {
		return err
	}
	s.tellBy(ctx, i.By(c), Event{Kind: EventTOTPRemoved, Account: i.Account, OK: true})
	return nil
}

// RemoveTOTP takes the second factor of an account away, for somebody who lost it, and ends its sessions.
func (s *Service) RemoveTOTP(ctx context.Context, by By, account string) error {
	var ended []string
	err := s.in(ctx, func(ctx context.Context, tx *store.Tx) error {
		err := s.dropTOTP(ctx, tx, account)
		if err == nil {
			ended, err = tx.EndSessionsOf(ctx, account, "", endedByManager, s.now())
		}
		return err
	})
	if err != nil {
		return err
	}
	s.standings.forget(append(ended, account)...)
	s.tellBy(ctx, by, Event{Kind: EventTOTPRemoved, Account: account, OK: true})
	return nil
}

func (s *Service) dropTOTP(ctx context.Context, tx *store.Tx, account string) error {
	r, err := tx.Account(ctx, account)
	if err != nil {
		return err
	}
	r.TOTP, r.TOTPStatus, r.Updated = nil, totpOff, s.now()
	return errors.Join(tx.SaveAccount(ctx, r), tx.PutRecoveryCodes(ctx, account, nil))
}
