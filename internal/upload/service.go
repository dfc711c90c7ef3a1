package upload

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/analytix-flow/analytix/internal/dataset"
	"github.com/analytix-flow/analytix/internal/identifier"
	"github.com/analytix-flow/analytix/internal/keys"
	"github.com/analytix-flow/analytix/internal/store"
)

// Keys makes the key of each upload, and forgets it; keys.Datasets is one.
type Keys interface {
	Make(ctx context.Context, dataset string) (keys.Secret, error)
	Forget(ctx context.Context, dataset string) error
}

// Config is what a Service is made of. Records, Files and Keys must be given.
type Config struct {
	Records *store.Store
	Files   *dataset.Store
	Keys    Keys
	// Open is how many unfinished uploads an account may have; 0 means 20.
	Open int64
	// Streams is how many requests of an account may be sending at the same time; 0 means 4.
	Streams int
	// TTL is how long an unfinished upload is kept after the last byte of it came; 0 means 24 hours.
	TTL time.Duration
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	Log *slog.Logger
}

// Owner is on whose behalf something is uploaded.
type Owner struct {
	Account   string
	Workspace string
	Limit     int64 // the largest file in bytes; 0 for none
}

// Upload is a file on its way in, or once it is there, a dataset.
type Upload struct {
	ID        string
	Workspace string
	Account   string
	Status    string // store.DatasetOpen, store.DatasetReceived, store.DatasetErased
	Name      string // base name of the file
	Metadata  map[string]string
	Size      int64 // -1 while it is not declared
	Received  int64
	SHA256    string // once it is there
	Created   time.Time
	Updated   time.Time
	Expires   time.Time // zero once it is there
	staging   dataset.Staging
}

// body is what the record of a dataset holds sealed.
type body struct {
	Name     string            `json:"name"`
	Metadata map[string]string `json:"metadata,omitempty"`
	Staging  dataset.Staging   `json:"staging"`
	SHA256   string            `json:"sha256,omitempty"`
}

// Service takes uploads. It is safe for concurrent use.
type Service struct {
	cfg     Config
	streams streams
}

// New makes the service.
func New(cfg Config) *Service {
	if cfg.Open == 0 {
		cfg.Open = 20
	}
	if cfg.Streams == 0 {
		cfg.Streams = 4
	}
	if cfg.TTL == 0 {
		cfg.TTL = 24 * time.Hour
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{cfg: cfg, streams: streams{most: cfg.Streams, busy: map[string]int{}}}
}

// create begins an upload. size is -1 where the sender does not know it yet.
func (s *Service) create(ctx context.Context, o Owner, name string, metadata map[string]string, size int64) (u *Upload, err error) {
	if o.Account == "" || o.Workspace == "" {
		return nil, errors.New("beginning an upload: it has no owner")
	}
	if err := tooLarge(o, size); err != nil {
		return nil, err
	}
	if size == 0 {
		return nil, fmt.Errorf("%w; nothing was kept; check how it was exported", ErrEmpty)
	}
	u = &Upload{ID: identifier.New("dst"), Workspace: o.Workspace, Account: o.Account, Status: store.DatasetOpen, Name: cleanName(name),
		Metadata: cleanMetadata(metadata), Size: size, Expires: s.cfg.Now().Add(s.cfg.TTL).UTC()}
	if _, err := s.cfg.Keys.Make(ctx, u.ID); err != nil {
		return nil, fmt.Errorf("beginning an upload: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.forget(context.WithoutCancel(ctx), u.ID))
		}
	}()
	staging, err := s.cfg.Files.Stage(ctx, u.ID, u.Name)
	if err != nil {
		return nil, err
	}
	u.staging = *staging
	record, err := u.record()
	if err != nil {
		return nil, err
	}
	return u, s.cfg.Records.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.CountDatasets(ctx, o.Account, store.DatasetOpen)
		if err != nil {
			return err
		}
		if n >= s.cfg.Open {
			return fmt.Errorf("%w: %d; nothing of this one was kept; finish or remove one of them first", ErrTooMany, n)
		}
		return tx.InsertDataset(ctx, record)
	})
}

func tooLarge(o Owner, size int64) error {
	if o.Limit > 0 && size > o.Limit {
		return fmt.Errorf("%w: it has %d bytes, and files of up to %d bytes can be sent here; nothing was kept; "+
			"send a part of the file, or have the limit raised", ErrTooLarge, size, o.Limit)
	}
	return nil
}

// longestName is how many bytes of a file's name are kept.
const longestName = 255

// cleanName makes a base name of whatever the sender calls the file.
func cleanName(name string) string {
	name = strings.ToValidUTF8(strings.ReplaceAll(name, `\`, "/"), "")
	name = filepath.Base(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u202e' || r == '\u202d' { // nor may it read backwards
			return -1
		}
		return r
	}, name))
	for len(name) > longestName {
		_, n := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-n]
	}
	if name == "" || name == "." || name == ".." || name == "/" {
		return "upload"
	}
	return name
}

// cleanMetadata keeps what the sender says of the file, within bounds.
func cleanMetadata(in map[string]string) map[string]string {
	const most, longest = 16, 1024
	out := map[string]string{}
	for k, v := range maps.All(in) {
		if len(out) < most && len(k) <= longest && len(v) <= longest {
			out[k] = strings.ToValidUTF8(v, "")
		}
	}
	return out
}

func (u *Upload) record() (store.Dataset, error) {
	raw, err := json.Marshal(body{Name: u.Name, Metadata: u.Metadata, Staging: u.staging, SHA256: u.SHA256})
	if err != nil {
		return store.Dataset{}, fmt.Errorf("writing the record of upload %s: %w", u.ID, err)
	}
	return store.Dataset{ID: u.ID, Workspace: u.Workspace, Account: u.Account, Status: u.Status, Size: u.Size,
		Received: u.Received, Body: raw, Expires: u.Expires}, nil
}

func fromRecord(d *store.Dataset) (*Upload, error) {
	u := &Upload{ID: d.ID, Workspace: d.Workspace, Account: d.Account, Status: d.Status, Size: d.Size, Received: d.Received,
		Created: d.Created, Updated: d.Updated, Expires: d.Expires}
	if d.Status == store.DatasetErased {
		return u, nil
	}
	var b body
	if err := json.Unmarshal(d.Body, &b); err != nil {
		return nil, fmt.Errorf("reading the record of upload %s: %w", d.ID, err)
	}
	u.Name, u.Metadata, u.SHA256, u.staging = b.Name, b.Metadata, b.SHA256, b.Staging
	return u, nil
}

// own reads an upload of the owner; the error wraps ErrNotFound where it is anybody else's.
func (s *Service) own(ctx context.Context, o Owner, id string) (*Upload, error) {
	u, err := s.Get(ctx, o.Workspace, id)
	if err == nil && u.Account != o.Account {
		return nil, ErrNotFound
	}
	return u, err
}

// Get reads an upload, or dataset, of a workspace; the error wraps ErrNotFound where the workspace has none of the id.
func (s *Service) Get(ctx context.Context, workspace, id string) (*Upload, error) {
	d, err := s.cfg.Records.Dataset(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && (d.Workspace != workspace || workspace == "") {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return fromRecord(d)
}

// List lists the uploads and datasets of a workspace, the latest first: at most limit of them, those after the one of the
// id, which may be empty.
func (s *Service) List(ctx context.Context, workspace, after string, limit int) ([]Upload, error) {
	var from store.Dataset
	if after != "" {
		d, err := s.cfg.Records.Dataset(ctx, after)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		if err != nil || d.Workspace != workspace {
			return nil, ErrNotFound
		}
		from = *d
	}
	records, err := s.cfg.Records.DatasetsOf(ctx, workspace, from, limit)
	if err != nil {
		return nil, err
	}
	all := make([]Upload, 0, len(records))
	for i := range records {
		u, err := fromRecord(&records[i])
		if err != nil {
			return nil, err
		}
		all = append(all, *u)
	}
	return all, nil
}

// File is the stored file of an upload that is complete; the error wraps ErrNotFound where it is not.
func (u *Upload) File() (*dataset.Received, error) {
	if u.Status != store.DatasetReceived {
		return nil, fmt.Errorf("upload %s is not complete: %w", u.ID, ErrNotFound)
	}
	return &dataset.Received{Ref: u.staging.Ref, Name: u.Name, Bytes: u.Received, SHA256: u.SHA256}, nil
}

// Ref names the upload's file in the store of files.
func (u *Upload) Ref() string { return u.staging.Ref }
