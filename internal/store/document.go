package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/analytix-flow/analytix/internal/flow"
)

// Document is the record of a stored, encrypted document: where it is and what it must hash to.
type Document struct {
	ID     string
	Run    string
	Stage  flow.Stage
	Round  int
	Try    int
	Name   string
	Ref    string // where its bytes are kept
	SHA256 string // of the bytes before encryption, hex
}

const documentColumns = "id, run, stage, round, try, name, ref, sha256"

func scanDocument(scan func(...any) error) (Document, error) {
	var d Document
	return d, scan(&d.ID, &d.Run, &d.Stage, &d.Round, &d.Try, &d.Name, &d.Ref, &d.SHA256)
}

// PutDocument records a document; one of the same run, stage, round, try and name is left as it is, and false returned.
func (t *Tx) PutDocument(ctx context.Context, d Document) (bool, error) {
	n, err := t.exec(ctx, "INSERT INTO document ("+documentColumns+", created) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9) "+
		"ON CONFLICT (run, stage, round, try, name) DO NOTHING",
		d.ID, d.Run, string(d.Stage), d.Round, d.Try, d.Name, d.Ref, d.SHA256, t.s.now())
	if err != nil {
		return false, fmt.Errorf("recording document %s of run %s: %w", d.Name, d.Run, err)
	}
	return n > 0, nil
}

// Document reads the record of a document by its id.
func (s *Store) Document(ctx context.Context, id string) (*Document, error) {
	d, err := scanDocument(s.read.QueryRowContext(ctx, "SELECT "+documentColumns+" FROM document WHERE id = $1", id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("document %s: %w", id, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the record of document %s: %w", id, err)
	}
	return &d, nil
}

// Documents lists the documents of a run in the order in which they were made.
func (s *Store) Documents(ctx context.Context, run string) ([]Document, error) {
	all, err := list(ctx, s.read, scanDocument, "SELECT "+documentColumns+" FROM document "+
		"WHERE run = $1 ORDER BY created, id", run)
	if err != nil {
		return nil, fmt.Errorf("listing the documents of run %s: %w", run, err)
	}
	return all, nil
}

// File is the record of an encrypted file that a handler wrote.
type File struct {
	ID          string
	Run         string
	Stage       flow.Stage
	Round       int
	Try         int
	Handler     string
	Name        string
	Ref         string
	Rows        int64
	ContentHash string
}

const fileColumns = "id, run, stage, round, try, handler, name, ref, row_count, content_hash"

// PutFile records a file; one of the same run, stage, round, try, handler and name is left as it is, and false returned.
func (t *Tx) PutFile(ctx context.Context, f File) (bool, error) {
	n, err := t.exec(ctx, "INSERT INTO file ("+fileColumns+", created) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11) "+
		"ON CONFLICT (run, stage, round, try, handler, name) DO NOTHING",
		f.ID, f.Run, string(f.Stage), f.Round, f.Try, f.Handler, f.Name, f.Ref, f.Rows, f.ContentHash, t.s.now())
	if err != nil {
		return false, fmt.Errorf("recording file %s of run %s: %w", f.Name, f.Run, err)
	}
	return n > 0, nil
}

// Files lists the files of a run in the order in which they were made.
func (s *Store) Files(ctx context.Context, run string) ([]File, error) {
	all, err := list(ctx, s.read, scanFile,
		"SELECT "+fileColumns+" FROM file WHERE run = $1 ORDER BY created, id", run)
	if err != nil {
		return nil, fmt.Errorf("listing the files of run %s: %w", run, err)
	}
	return all, nil
}

// Version is the record of a dataset version: the file that holds it, its parent, and the decisions that made it.
type Version struct {
	ID          string
	Dataset     string
	Run         string
	Parent      string // empty for version 0
	Kind        string // received, parsed, cleaned
	Ref         string
	ContentHash string
	Rows        int64
	Decisions   []byte // JSON array of decision ids
	Created     time.Time
}

// PutVersion records a version as the next of its run.
func (t *Tx) PutVersion(ctx context.Context, v Version) error {
	decisions, err := t.s.seal(v.Decisions)
	if err != nil {
		return fmt.Errorf("encrypting the record of version %s: %w", v.ID, err)
	}
	_, err = t.exec(ctx, "INSERT INTO version (id, dataset, run, parent, kind, ref, content_hash, row_count, decisions, "+
		"seq, created) SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, "+
		"(SELECT coalesce(max(seq), -1) + 1 FROM version WHERE run = $10), $11",
		v.ID, v.Dataset, v.Run, v.Parent, v.Kind, v.Ref, v.ContentHash, v.Rows, decisions, v.Run, t.s.now())
	if err != nil {
		return fmt.Errorf("recording version %s of run %s: %w", v.ID, v.Run, err)
	}
	return nil
}

// Versions lists the versions of a run's dataset, oldest first.
func (s *Store) Versions(ctx context.Context, run string) ([]Version, error) {
	return s.versions(ctx, s.read, run)
}

// Versions lists the versions of a run's dataset, oldest first.
func (t *Tx) Versions(ctx context.Context, run string) ([]Version, error) {
	return t.s.versions(ctx, t.tx, run)
}

func (s *Store) versions(ctx context.Context, q querier, run string) ([]Version, error) {
	all, err := list(ctx, q, func(scan func(...any) error) (Version, error) {
		var v Version
		var created int64
		err := scan(&v.ID, &v.Dataset, &v.Run, &v.Parent, &v.Kind, &v.Ref, &v.ContentHash, &v.Rows, &v.Decisions, &created)
		if err != nil {
			return v, err
		}
		v.Created = moment(created)
		v.Decisions, err = s.unseal(v.Decisions)
		return v, err
	}, "SELECT id, dataset, run, parent, kind, ref, content_hash, row_count, decisions, created FROM version "+
		"WHERE run = $1 ORDER BY seq", run)
	if err != nil {
		return nil, fmt.Errorf("listing the versions of run %s: %w", run, err)
	}
	return all, nil
}

// File reads the record of a file by its id.
func (s *Store) File(ctx context.Context, id string) (*File, error) {
	f, err := scanFile(s.read.QueryRowContext(ctx, "SELECT "+fileColumns+" FROM file WHERE id = $1", id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("file %s: %w", id, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the record of file %s: %w", id, err)
	}
	return &f, nil
}

func scanFile(scan func(...any) error) (File, error) {
	var f File
	return f, scan(&f.ID, &f.Run, &f.Stage, &f.Round, &f.Try, &f.Handler, &f.Name, &f.Ref, &f.Rows, &f.ContentHash)
}
