package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/app"
)

// Backups makes backups of the instance where the operator said that they go.
type Backups interface {
	// Start asks for one and returns at once; the error wraps app.ErrBackingUp where one is being made, and app.ErrNoFolder
	// where there is nowhere to put it.
	Start() error
	// State says which was the last one that was made (nil for none), whether one is being made, and why the last try failed.
	State() (last *app.Backup, running bool, failed string, err error)
}

// BackupState is what is known of the backups of the instance.
type BackupState struct {
	Running    bool        `json:"running"`
	Failed     bool        `json:"failed" doc:"The last try failed; the server's log says why."`
	Last       *LastBackup `json:"last,omitempty"`
	AgeSeconds float64     `json:"age_seconds,omitempty"`
}

// LastBackup is a backup that was made.
type LastBackup struct {
	ID      string    `json:"id"`
	At      time.Time `json:"at" doc:"The moment that it shows."`
	Seconds float64   `json:"seconds" doc:"How long it took."`
	Entries int       `json:"entries"`
	Bytes   int64     `json:"bytes"`
	SHA256  string    `json:"sha256"`
}

func (a *API) backups() {
	tags := []string{"system"}
	register(a, need(access.SystemManage), huma.Operation{OperationID: "start-backup", Method: http.MethodPost, Path: Prefix + "/system/backup",
		Summary: "Make a backup in the server's folder for them", DefaultStatus: http.StatusAccepted, Tags: tags},
		func(context.Context, *struct{}) (*struct{}, error) { return nil, a.Backups.Start() })
	register(a, need(access.SystemObserve), huma.Operation{OperationID: "get-backup", Method: http.MethodGet, Path: Prefix + "/system/backup",
		Summary: "The last backup, and whether one is being made", Tags: tags}, a.backup)
}

func (a *API) backup(context.Context, *struct{}) (*struct{ Body BackupState }, error) {
	last, running, failed, err := a.Backups.State()
	if err != nil {
		return nil, err
	}
	out := &struct{ Body BackupState }{BackupState{Running: running, Failed: failed != ""}}
	if last != nil {
		out.Body.Last = &LastBackup{ID: last.ID, At: last.At, Seconds: last.Took.Seconds(), Entries: last.Entries, Bytes: last.Bytes, SHA256: last.SHA256}
		out.Body.AgeSeconds = a.now().Sub(last.At).Seconds()
	}
	return out, nil
}
