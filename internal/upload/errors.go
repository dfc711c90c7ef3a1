package upload

import "errors"

// The ways in which an upload can be refused. The errors that wrap them say what happened, what was kept and what to do.
var (
	// ErrNotFound: there is no such upload, or it is somebody else's.
	ErrNotFound = errors.New("there is no such upload")
	// ErrTooLarge: the file is larger than the owner may send.
	ErrTooLarge = errors.New("the file is larger than allowed")
	// ErrTooMany: the owner has too many uploads under way.
	ErrTooMany = errors.New("too many uploads are under way")
	// ErrEmpty: the file has no byte in it.
	ErrEmpty = errors.New("the file is empty")
	// ErrChecksum: what came is not what was sent.
	ErrChecksum = errors.New("the checksum does not match")
	// ErrAlgorithm: the checksum is of a kind that is not known here.
	ErrAlgorithm = errors.New("the checksum's algorithm is not known")
	// ErrReceived: the upload is complete; it is a dataset now.
	ErrReceived = errors.New("the upload is complete")
	// ErrLength: the length that is declared cannot be.
	ErrLength = errors.New("the declared length cannot be")
)

// Protocol is wrapped by errors about requests that do not keep to the protocol; Status is the protocol's answer.
type Protocol struct {
	Status int
	Code   string
	Text   string
}

// Error says what is wrong with the request.
func (p *Protocol) Error() string { return p.Text }
