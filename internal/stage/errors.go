package stage

import "errors"

// permanent and refused mark errors; use Permanent and Refused.
type marked struct {
	error
	refused bool
}

func (m marked) Unwrap() error { return m.error }

// Permanent marks an error that a second try cannot mend.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return marked{error: err}
}

// Refused marks an error for which the input must be refused: what it holds cannot be worked on. It is permanent.
func Refused(err error) error {
	if err == nil {
		return nil
	}
	return marked{error: err, refused: true}
}

// IsPermanent says whether a second try is of no use.
func IsPermanent(err error) bool {
	var m marked
	return errors.As(err, &m)
}

// IsRefused says whether the input was refused.
func IsRefused(err error) bool {
	var m marked
	return errors.As(err, &m) && m.refused
}
