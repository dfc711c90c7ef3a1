package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"github.com/analytix-flow/analytix/internal/archive"
	"github.com/analytix-flow/analytix/internal/durable"
	"github.com/analytix-flow/analytix/internal/store"
)

// What a backup holds, by the first element of the names of its entries.
const (
	partHome    = "home"    // small files: the keys, wrapped; the anchor of the access log; certificates
	partRecords = "records" // the snapshot of the records
	partFiles   = "files"   // as in the home
)

// The names by which a backup says what it is of.
const (
	aboutRecords = "records" // sqlite or postgres
	aboutSchema  = "schema"
	aboutRuns    = "runs"
	aboutVersion = "version"
)

// homeFiles are kept as they are. The anchor is read before the records: it may be behind them, never ahead.
var homeFiles = []string{"access.anchor", "tls"}

// homeKeys are the wrapped keys, wherever they are kept.
const homeKeys = "keys.json"

// ErrBackingUp is wrapped by the error about a backup while another one is being made.
var ErrBackingUp = errors.New("a backup is being made already; wait for it")

// ErrNoFolder is the error about a backup where the operator named no folder for it.
var ErrNoFolder = errors.New("the server has no folder for backups")

// Backup is what is known of a backup that was made.
type Backup struct {
	ID      string        `json:"id"`
	At      time.Time     `json:"at"` // the moment that it shows
	Took    time.Duration `json:"took"`
	Entries int           `json:"entries"`
	Bytes   int64         `json:"bytes"`
	SHA256  string        `json:"sha256"`
	File    string        `json:"file,omitempty"` // its name, where it is known
}

// WriteBackup writes a backup of the instance, encrypted, to w while everything goes on: the records, every file that they
// refer to, and the wrapped keys, as they were at one moment. Messages under way follow from the records. The master key is
// not in it. The backup is whole only where there is no error; KeepBackup says that it was kept.
func (a *App) WriteBackup(ctx context.Context, w io.Writer, version string) (b *Backup, err error) {
	lock := flock.New(filepath.Join(a.opt.Home, "backup.lock"))
	if ok, err := lock.TryLock(); err != nil || !ok {
		return nil, fmt.Errorf("backing up %s: %w", a.opt.Home, errors.Join(err, ErrBackingUp))
	}
	defer func() { err = errors.Join(err, lock.Unlock()) }()
	held := filepath.Join(a.opt.Home, "backup") // what is here is of a backup that a crash ended
	if err := errors.Join(os.RemoveAll(held), os.Mkdir(held, 0o700)); err != nil {
		return nil, fmt.Errorf("making a folder for the backup: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(held)) }()
	begun := time.Now()
	home, err := a.readHome()
	if err != nil {
		return nil, err
	}
	wrapped, err := a.ring.Content(ctx)
	if err != nil {
		return nil, err
	}
	home[homeKeys] = string(wrapped)
	var records *store.Snapshot
	err = a.files.Freeze(ctx, filepath.Join(held, partFiles), func() (err error) {
		records, err = a.records.Snapshot(ctx, held)
		return err
	})
	if records != nil {
		defer func() { err = errors.Join(err, records.Close(ctx)) }()
	}
	if err != nil {
		return nil, fmt.Errorf("backing up %s: %w", a.opt.Home, err)
	}
	about, err := a.about(ctx, version)
	if err != nil {
		return nil, err
	}
	out, err := archive.Create(ctx, a.opt.Keys, w, begun, about)
	if err != nil {
		return nil, err
	}
	return a.fill(ctx, out, home, records, held)
}

// fill writes everything that was held into the archive.
func (a *App) fill(ctx context.Context, out *archive.Writer, home map[string]string, records *store.Snapshot, held string) (*Backup, error) {
	for name, content := range home {
		if err := out.Add(ctx, partHome+"/"+name, strings.NewReader(content)); err != nil {
			return nil, err
		}
	}
	err := records.Each(ctx, func(name string, r io.Reader) error { return out.Add(ctx, partRecords+"/"+name, r) })
	if err != nil {
		return nil, err
	}
	files := os.DirFS(filepath.Join(held, partFiles))
	err = fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		f, err := files.Open(path)
		if err != nil {
			return err
		}
		return errors.Join(out.Add(ctx, partFiles+"/"+path, f), f.Close())
	})
	if err != nil {
		return nil, fmt.Errorf("backing up the files: %w", err)
	}
	m, err := out.Finish()
	if err != nil {
		return nil, err
	}
	b := &Backup{ID: m.ID, At: m.Created, Took: time.Since(m.Created).Round(time.Millisecond), Entries: len(m.Entries)}
	b.Bytes, b.SHA256 = out.Written()
	return b, nil
}

// readHome reads the small files of the home.
func (a *App) readHome() (map[string]string, error) {
	all, home := map[string]string{}, os.DirFS(a.opt.Home)
	for _, name := range homeFiles {
		err := fs.WalkDir(home, name, func(path string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil || !d.Type().IsRegular() || strings.HasSuffix(path, lockSuffix) {
				return err
			}
			content, err := fs.ReadFile(home, path)
			all[path] = string(content)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("backing up %s: %w", name, err)
		}
	}
	return all, nil
}

func (a *App) about(ctx context.Context, version string) (map[string]string, error) {
	schema, err := a.records.Schema(ctx)
	if err != nil {
		return nil, err
	}
	counts, err := a.records.RunCounts(ctx)
	if err != nil {
		return nil, err
	}
	runs := int64(0)
	for _, n := range counts {
		runs += n
	}
	return map[string]string{aboutRecords: string(a.records.Dialect()), aboutSchema: fmt.Sprint(schema), aboutRuns: fmt.Sprint(runs), aboutVersion: version}, nil
}

// BackupExt is how the name of a backup's file ends.
const BackupExt = ".axbackup"

// BackupTo makes a backup in a file: at path, or, where it is a folder, in it under the backup's id. While it is being made
// its name ends in .part; after an error nothing is left.
func (a *App) BackupTo(ctx context.Context, path, version string) (*Backup, error) {
	b, err := SaveBackup(path, func(w io.Writer) (*Backup, error) { return a.WriteBackup(ctx, w, version) })
	if err != nil {
		return nil, err
	}
	return b, a.KeepBackup(b)
}

// SaveBackup has a backup written into a file, as BackupTo does.
func SaveBackup(path string, write func(io.Writer) (*Backup, error)) (b *Backup, err error) {
	dir, name := filepath.Dir(path), filepath.Base(path)
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		dir, name = path, ""
	case err == nil:
		return nil, fmt.Errorf("the file %s is there already: name another, or a folder", path)
	}
	f, err := os.CreateTemp(dir, "backup-*"+BackupExt+".part") // 0600
	if err != nil {
		return nil, fmt.Errorf("making the file of the backup: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	sum := sha256.New()
	b, err = write(io.MultiWriter(f, sum))
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("making the backup (nothing was kept): %w", err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != b.SHA256 {
		return nil, errors.New("making the backup (nothing was kept): what was written is not what was made; try again")
	}
	if name == "" {
		name = b.ID + BackupExt
	}
	b.File = filepath.Join(dir, name)
	if err := os.Rename(f.Name(), b.File); err != nil {
		return nil, fmt.Errorf("giving the backup its name: %w", err)
	}
	return b, durable.Sync(dir)
}

// lastBackup is the file of the home that tells of the last backup.
const lastBackup = "backup.json"

// KeepBackup notes that a backup was made and kept.
func (a *App) KeepBackup(b *Backup) error {
	text, err := json.Marshal(b)
	if err == nil {
		err = durable.Write(filepath.Join(a.opt.Home, lastBackup), text)
	}
	if err != nil {
		return fmt.Errorf("noting backup %s, which was made: %w", b.ID, err)
	}
	a.opt.Log.Info("a backup was made", "backup", b.ID, "entries", b.Entries, "bytes", b.Bytes, "took", b.Took)
	return nil
}

// LastBackup is the last backup that was made and kept; nil where there was none.
func (a *App) LastBackup() (*Backup, error) {
	text, err := os.ReadFile(filepath.Join(a.opt.Home, lastBackup))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // there was none
	}
	var b Backup
	if err == nil {
		err = json.Unmarshal(text, &b)
	}
	if err != nil {
		return nil, fmt.Errorf("reading what is known of the last backup: %w", err)
	}
	return &b, nil
}
