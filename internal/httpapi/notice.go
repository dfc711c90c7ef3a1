package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/auth"
	"github.com/analytix-flow/analytix/internal/discussion"
)

// Notice tells the caller of something that concerns them.
type Notice struct {
	ID        string          `json:"id"`
	Kind      discussion.Kind `json:"kind" enum:"mentioned,remarked,assigned,waits,deadline,escalated,failed,done"`
	Workspace string          `json:"workspace"`
	Run       string          `json:"run"`
	File      string          `json:"file"`
	Item      string          `json:"item,omitempty"`
	Stage     string          `json:"stage,omitempty" doc:"Where the run waits or failed, or of the item."`
	By        *Someone        `json:"by,omitempty"`
	Text      string          `json:"text,omitempty" doc:"The beginning of a remark."`
	Due       *time.Time      `json:"due,omitempty" doc:"Of a deadline, or of what was assigned."`
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
	a.noticePreferences()
}

// NoticePreference is what an account chose about its notices.
type NoticePreference struct {
	Mail     []discussion.Kind `json:"mail" doc:"Kinds that come by mail as well."`
	Hidden   []discussion.Kind `json:"hidden" doc:"Kinds that are not shown in the application."`
	Kinds    []discussion.Kind `json:"kinds" doc:"All kinds that there are."`
	Possible bool              `json:"possible" doc:"The server can send mail."`
}

func (a *API) noticePreferences() {
	self := need(access.SelfManage)
	register(a, self, a.selfOperation("get-my-notice-preference", http.MethodGet, "/notices/preference", "Which notices are shown, and which come by mail"),
		func(ctx context.Context, _ *struct{}) (*struct{ Body NoticePreference }, error) {
			return a.noticePreference(ctx)
		})
	register(a, self, a.selfOperation("put-my-notice-preference", http.MethodPut, "/notices/preference", "Choose which notices are shown, and which come by mail"),
		func(ctx context.Context, in *struct {
			Body struct {
				Mail   []discussion.Kind `json:"mail" maxItems:"20" doc:"Kinds of notices that come by mail as well."`
				Hidden []discussion.Kind `json:"hidden,omitempty" maxItems:"20" doc:"Kinds of notices that are not shown in the application."`
			}
		},
		) (*struct{ Body NoticePreference }, error) {
			who := caller(ctx)
			if who.Kind != auth.KindSession {
				return nil, newProblem(http.StatusForbidden, "token", "An API token cannot do this.").kept("nothing was changed").next("sign in")
			}
			p := discussion.Preference{Mail: in.Body.Mail, Hidden: in.Body.Hidden}
			if err := a.App.Discussion().Prefer(ctx, who.Account, p); err != nil {
				return nil, err
			}
			return a.noticePreference(ctx)
		})
}

func (a *API) noticePreference(ctx context.Context) (*struct{ Body NoticePreference }, error) {
	p, err := a.App.Discussion().Preference(ctx, caller(ctx).Account)
	if err != nil {
		return nil, err
	}
	return &struct{ Body NoticePreference }{NoticePreference{Mail: p.Mail, Hidden: append([]discussion.Kind{}, p.Hidden...), Kinds: discussion.Kinds(), Possible: a.App.Discussion().MailsOn()}}, nil
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
		m := textual(ctx, n.Workspace)
		v := Notice{ID: n.ID, Kind: discussion.Kind(n.Kind), Workspace: n.Workspace, Run: n.Run, File: m.text(n.File), Item: n.Item, Stage: n.Stage, Text: m.text(n.Text),
			At: n.Created, Seen: !n.Seen.IsZero()}
		if !n.Due.IsZero() {
			v.Due = &n.Due
		}
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
