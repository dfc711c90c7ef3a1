package upload

import (
	"context"
	"errors"
	"io"
	"net/http"

	tus "github.com/tus/tusd/v2/pkg/handler"

	"github.com/analytix-flow/analytix/internal/dataset"
	"github.com/analytix-flow/analytix/internal/store"
)

// call is what goes with a request to the data store and back: the protocol's library has no other way.
type call struct {
	owner    Owner
	checksum *checksum
	upload   *Upload // that the request is about, once it is known
	err      error   // why it failed
}

type callKey struct{}

func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

// fail keeps the error for whoever writes the answer, and gives the library one that says nothing.
func (c *call) fail(err error) error {
	if err == nil {
		return nil
	}
	c.err = err
	return tus.NewError("ERR_REFUSED", "refused", statusOf(err))
}

// statusOf is the protocol's answer to an error.
func statusOf(err error) int {
	const checksumMismatch = 460 // of the checksum extension
	switch {
	case errors.Is(err, ErrNotFound):
		return http.StatusNotFound
	case errors.Is(err, ErrTooLarge):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, ErrTooMany):
		return http.StatusTooManyRequests
	case errors.Is(err, ErrEmpty), errors.Is(err, ErrAlgorithm), errors.Is(err, ErrLength):
		return http.StatusBadRequest
	case errors.Is(err, ErrChecksum):
		return checksumMismatch
	case errors.Is(err, ErrReceived), errors.Is(err, store.ErrConflict):
		return http.StatusConflict
	case errors.Is(err, dataset.ErrDiskFull), store.IsFull(err):
		return http.StatusInsufficientStorage
	default:
		return http.StatusInternalServerError
	}
}

// tusStore is the data store that the protocol's library writes into.
type tusStore struct{ s *Service }

// NewUpload implements tus.DataStore.
func (t tusStore) NewUpload(ctx context.Context, info tus.FileInfo) (tus.Upload, error) {
	c := callOf(ctx)
	size := info.Size
	if info.SizeIsDeferred {
		size = -1
	}
	name := info.MetaData["filename"]
	if name == "" {
		name = info.MetaData["name"]
	}
	u, err := t.s.create(ctx, c.owner, name, info.MetaData, size)
	if err != nil {
		return nil, c.fail(err)
	}
	c.upload = u
	return &tusUpload{t.s, u}, nil
}

// GetUpload implements tus.DataStore.
func (t tusStore) GetUpload(ctx context.Context, id string) (tus.Upload, error) {
	c := callOf(ctx)
	u, err := t.s.own(ctx, c.owner, id)
	if err != nil {
		return nil, c.fail(err)
	}
	c.upload = u
	return &tusUpload{t.s, u}, nil
}

// AsTerminatableUpload implements tus.TerminaterDataStore.
func (tusStore) AsTerminatableUpload(u tus.Upload) tus.TerminatableUpload { return u.(*tusUpload) }

// AsLengthDeclarableUpload implements tus.LengthDeferrerDataStore.
func (tusStore) AsLengthDeclarableUpload(u tus.Upload) tus.LengthDeclarableUpload {
	return u.(*tusUpload)
}

// tusUpload is one upload as the protocol's library sees it.
type tusUpload struct {
	s *Service
	u *Upload
}

// GetInfo implements tus.Upload.
func (t *tusUpload) GetInfo(context.Context) (tus.FileInfo, error) {
	return tus.FileInfo{ID: t.u.ID, Size: max(t.u.Size, 0), SizeIsDeferred: t.u.Size < 0, Offset: t.u.Received,
		MetaData: t.u.Metadata}, nil
}

// WriteChunk implements tus.Upload.
func (t *tusUpload) WriteChunk(ctx context.Context, _ int64, src io.Reader) (int64, error) {
	c := callOf(ctx)
	n, err := t.s.add(ctx, c.owner, t.u, src, c.checksum)
	return n, c.fail(err)
}

// GetReader implements tus.Upload. A file is not read back through the protocol: datasets are downloaded.
func (t *tusUpload) GetReader(context.Context) (io.ReadCloser, error) { return nil, tus.ErrNotFound }

// FinishUpload implements tus.Upload. The upload was completed with its last byte.
func (t *tusUpload) FinishUpload(context.Context) error { return nil }

// Terminate implements tus.TerminatableUpload.
func (t *tusUpload) Terminate(ctx context.Context) error {
	c := callOf(ctx)
	return c.fail(t.s.Terminate(ctx, c.owner, t.u.ID))
}

// DeclareLength implements tus.LengthDeclarableUpload.
func (t *tusUpload) DeclareLength(ctx context.Context, length int64) error {
	c := callOf(ctx)
	return c.fail(t.s.declare(ctx, c.owner, t.u, length))
}
