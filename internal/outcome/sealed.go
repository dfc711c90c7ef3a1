package outcome

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/analytix-flow/analytix/internal/dataset"
	"github.com/analytix-flow/analytix/internal/stage"
)

// HandlerSealed is the name of the handler that writes the data encrypted, for a server to send on: it takes the Params of
// HandlerData and writes OutDir/Name under the job's key, readable by dataset.OpenAt. No plaintext touches a disk.
const HandlerSealed = "outcome.sealed"

// Sealed is the document of HandlerSealed.
type Sealed struct {
	Path  string `json:"path"`
	Rows  int64  `json:"rows"`
	Bytes int64  `json:"bytes"` // before encryption
}

type sealedHandler struct{}

func (sealedHandler) Name() string { return HandlerSealed }

func (sealedHandler) Run(ctx context.Context, job *stage.Job, env *stage.Env) (*stage.Result, error) {
	x, err := attach(ctx, job, env)
	if err != nil {
		return nil, err
	}
	s := Sealed{Path: filepath.Join(job.OutDir, x.Name), Rows: x.rows}
	if s.Bytes, err = x.seal(ctx, s.Path, job.Key); err != nil {
		return nil, fmt.Errorf("writing the data for a download: %w", err)
	}
	doc, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("describing a download: %w", err)
	}
	return &stage.Result{Document: doc}, nil
}

// seal has the engine write into a pipe, whose other end is encrypted into the file.
func (x *export) seal(ctx context.Context, path string, key []byte) (bytes int64, err error) {
	if x.Format == FormatXLSX {
		return x.sealBook(ctx, path, key)
	}
	r, w, err := os.Pipe()
	if err != nil {
		return 0, err
	}
	written := make(chan error, 1)
	go func() {
		err := x.write(ctx, fmt.Sprintf("/proc/self/fd/%d", w.Fd()))
		written <- errors.Join(err, w.Close())
	}()
	bytes, err = dataset.SealFile(ctx, path, key, r)
	// A writer whose reader gave up fails with the next byte that it writes.
	err = errors.Join(err, r.Close())
	return bytes, errors.Join(<-written, err)
}

// sealBook writes a workbook, which its library can only make as a whole: into a folder in memory.
func (x *export) sealBook(ctx context.Context, path string, key []byte) (bytes int64, err error) {
	const memory = "/dev/shm"
	dir, err := os.MkdirTemp(memory, "analytix-")
	if err != nil {
		return 0, stage.Permanent(fmt.Errorf("a workbook is made in memory and there is none at %s: choose csv or parquet (%w)", memory, err))
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	plain := filepath.Join(dir, "book")
	if err := x.xlsx(ctx, plain); err != nil {
		return 0, err
	}
	f, err := os.Open(plain)
	if err != nil {
		return 0, err
	}
	bytes, err = dataset.SealFile(ctx, path, key, f)
	return bytes, errors.Join(err, f.Close())
}
