package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/accesslog"
)

// KeyState is how the keys of the instance stand; nothing in it says anything of a key.
type KeyState struct {
	Place    string     `json:"place" enum:"file,environment,vault" doc:"Where the master key is kept."`
	Keys     int        `json:"keys" doc:"Master keys that unwrap, of which one wraps; 0 where only the Vault knows."`
	Changed  *time.Time `json:"changed,omitempty" doc:"When the file of the master key was last written."`
	Datasets int        `json:"datasets" doc:"That have a key."`
	Old      int        `json:"old" doc:"Of them, those whose key an earlier master key wraps; -1 where only the Vault knows."`
	Rotating bool       `json:"rotating" doc:"Keys are being wrapped anew by this process."`
	Done     int        `json:"done" doc:"Keys of datasets that the present rotation, or the last one, has looked at."`
	Total    int        `json:"total" doc:"Of how many; 0 where there was no rotation since the process began."`
}

func (a *API) keys(tags []string) {
	register(a, need(access.SystemObserve), huma.Operation{OperationID: "get-keys", Method: http.MethodGet, Path: Prefix + "/system/keys",
		Summary: "How the keys of the instance stand, and how far a rotation has come", Tags: tags},
		func(ctx context.Context, _ *struct{}) (*struct{ Body KeyState }, error) {
			s, err := a.App.KeyState(ctx)
			if err != nil {
				return nil, err
			}
			out := &struct{ Body KeyState }{KeyState{Place: s.Place, Keys: s.Keys, Datasets: s.Datasets, Old: s.Old,
				Rotating: s.Progress.Running, Done: s.Progress.Done, Total: s.Progress.Total}}
			if !s.Changed.IsZero() {
				out.Body.Changed = &s.Changed
			}
			return out, nil
		})
	register(a, need(access.KeysRotate), huma.Operation{OperationID: "rotate-keys", Method: http.MethodPost, Path: Prefix + "/system/keys/rotate", DefaultStatus: http.StatusOK,
		Summary: "Make a new master key and wrap all keys anew; no data is rewritten, and work goes on", Tags: tags}, a.rotateKeys)
}

// KeyRotation is what a rotation of the master key did.
type KeyRotation struct {
	Datasets int    `json:"datasets" doc:"Whose keys were wrapped anew."`
	Made     bool   `json:"made" doc:"A new master key was made; otherwise that is done where it is kept: in the environment, or in a Vault."`
	Retired  bool   `json:"retired" doc:"The old master key is gone."`
	Next     string `json:"next,omitempty" doc:"What is left to do."`
}

func (a *API) rotateKeys(ctx context.Context, _ *struct{}) (*struct{ Body KeyRotation }, error) {
	r, err := a.App.RotateKeys(ctx)
	if err != nil {
		return nil, err
	}
	out := &struct{ Body KeyRotation }{KeyRotation{Datasets: r.Datasets, Made: r.Made, Retired: r.Retired}}
	switch {
	case !r.Made:
		out.Body.Next = "make the new key where the old one is kept, restart with both, rotate again, and take the old one away"
	case !r.Retired:
		out.Body.Next = "others may use the old key still: with nothing running, call analytix admin keys rotate --retire"
	}
	accesslog.Say(ctx, fmt.Sprintf("datasets=%d made=%t retired=%t", r.Datasets, r.Made, r.Retired))
	return out, nil
}
