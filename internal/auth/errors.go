package auth

import (
	"errors"
	"fmt"
	"time"
)

// The errors that callers tell apart. Those about credentials never say which part was wrong.
var (
	// ErrCredentials is wrapped by a sign-in that does not hold: unknown, disabled, or a wrong password or code.
	ErrCredentials = errors.New("the mail address, the password or the code is wrong")
	// ErrUnauthenticated is wrapped where a token does not hold, whatever the reason.
	ErrUnauthenticated = errors.New("the token is not valid: sign in again")
	// ErrSecondFactor is wrapped where a password held and a code is asked for next; see SecondFactorError.
	ErrSecondFactor = errors.New("a code of the second factor is needed")
	// ErrThrottled is wrapped where too many attempts failed; see ThrottledError.
	ErrThrottled = errors.New("too many attempts failed")
	// ErrBusy is wrapped where too many passwords are being checked at this moment.
	ErrBusy = errors.New("too many sign-ins at this moment: try again in a few seconds")
	// ErrLink is wrapped where a one-time link does not hold: unknown, used, or too old.
	ErrLink = errors.New("the link is not valid any more: ask for a new one")
	// ErrWeakPassword is wrapped by a WeakPasswordError.
	ErrWeakPassword = errors.New("the password is too weak")
	// ErrInvalid is wrapped where something that was given cannot be so.
	ErrInvalid = errors.New("not valid")
	// ErrExists is wrapped where an account of the same mail address is there.
	ErrExists = errors.New("there is one already")
	// ErrNotFound is wrapped where an account, session or token is not there, or is not the caller's.
	ErrNotFound = errors.New("not found")
	// ErrConflict is wrapped where somebody else changed the account in the meantime.
	ErrConflict = errors.New("changed by somebody else in the meantime")
	// ErrForbidden is wrapped where the rules of the instance do not allow it, whoever asks.
	ErrForbidden = errors.New("not allowed")
)

// ThrottledError says when to try again.
type ThrottledError struct{ RetryAfter time.Duration }

func (e *ThrottledError) Error() string {
	return fmt.Sprintf("%v: nothing was checked; try again in %s", ErrThrottled, e.RetryAfter.Round(time.Second))
}

// Unwrap gives ErrThrottled.
func (e *ThrottledError) Unwrap() error { return ErrThrottled }

// SecondFactorError carries the challenge with which the sign-in goes on.
type SecondFactorError struct {
	Challenge Secret
	Expires   time.Time
}

func (e *SecondFactorError) Error() string { return ErrSecondFactor.Error() }

// Unwrap gives ErrSecondFactor.
func (e *SecondFactorError) Unwrap() error { return ErrSecondFactor }

// WeakPasswordError says what is wrong with a password that was chosen, and what would help. It never quotes it.
type WeakPasswordError struct {
	Reason string // a sentence
	Score  int    // of zxcvbn, 0 to 4
	Advice []string
}

func (e *WeakPasswordError) Error() string { return fmt.Sprintf("%v: %s", ErrWeakPassword, e.Reason) }

// Unwrap gives ErrWeakPassword.
func (e *WeakPasswordError) Unwrap() error { return ErrWeakPassword }
