package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/discussion"
)

// Notice tells the caller of something that concerns them.
type Notice struct {
	ID        string          `json:"id"`
	Kind      discussion.Kind `json:"kind" enum:"mentioned,remarked,assigned,waits,failed,done"`
	Workspace string          `json:"workspace"`
	Run       string          `json:"run"`
	File      string          `json:"file"`
	Item      string          `json:"item,omitempty"`
	Stage     string          `json:"stage,omitempty" doc:"Where the run waits or failed, or of the item."`
	By        *Someone        `json:"by,omitempty"`
	Text      string          `json:"text,omitempty" doc:"The beginning of a remark."`
	At        time.Time       `json:"at"`
	Seen      bool            `json:"seen"`
}

type noticesOutput struct {
	Body struct {
		Notices []Notice `json:"notices" doc:"The latest first, 200 at most."`
		Unseen  int      `json:"unseen"`
	}
}

func (a *API) notices() {
	self := need(access.SelfManage)
	register(a, self, a.selfOperation("list-my-notices", http.MethodGet, "/notices", "What one was told of"),
		func(ctx context.Context, _ *struct{}) (*noticesOutput, error) { return a.noticesOf(ctx) })
	seen := a.selfOperation("see-my-notices", http.MethodPost, "/notices/seen", "Mark notices as read")
	seen.DefaultStatus = http.StatusOK
	register(a, self, seen, func(ctx context.Context, in *struct {
		Body struct {
			Notices []string `json:"notices,omitempty" maxItems:"200" doc:"Ids; none for all."`
		}
	},
	) (*noticesOutput, error) {
		if err := a.App.Discussion().See(ctx, caller(ctx).Account, in.Body.Notices); err != nil {
			return nil, err
		}
		return a.noticesOf(ctx)
	})
}

// noticesOf lists the caller's notices, but for those of workspaces that they are no longer in.
func (a *API) noticesOf(ctx context.Context) (*noticesOutput, error) {
	who := caller(ctx)
	all, err := a.App.Discussion().Notices(ctx, who.Account)
	if err != nil {
		return nil, err
	}
	name := a.names(ctx)
	out := &noticesOutput{}
	out.Body.Notices = []Notice{}
	for i := range all {
		n := &all[i]
		if who.In(n.Workspace) == "" {
			continue
		}
		v := Notice{ID: n.ID, Kind: discussion.Kind(n.Kind), Workspace: n.Workspace, Run: n.Run, File: n.File, Item: n.Item, Stage: n.Stage, Text: n.Text,
			At: n.Created, Seen: !n.Seen.IsZero()}
		if n.From != "" {
			by := name.of(n.From)
			v.By = &by
		}
		if !v.Seen {
			out.Body.Unseen++
		}
		out.Body.Notices = append(out.Body.Notices, v)
	}
	return out, nil
}
