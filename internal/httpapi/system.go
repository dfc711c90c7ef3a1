package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/access"
)

// QueueCount is how many tasks of a kind are in a state.
type QueueCount struct {
	Kind  string `json:"kind"`
	State string `json:"state"`
	Tasks int64  `json:"tasks"`
}

// DeadTask is a task that failed for good.
type DeadTask struct {
	ID       string    `json:"id"`
	Run      string    `json:"run"`
	Stage    string    `json:"stage"`
	Handler  string    `json:"handler"`
	Attempts int       `json:"attempts"`
	Created  time.Time `json:"created"`
}

// DeadMessage is a message that could not be handled.
type DeadMessage struct {
	Seq  uint64 `json:"seq"`
	Run  string `json:"run"`
	Kind string `json:"kind"`
	// Why it could not be handled is in the log alone: an error may name what the data holds.
	Tries int       `json:"tries" doc:"How often it was tried before it was set aside."`
	At    time.Time `json:"at" doc:"When it was set aside."`
}

func (a *API) system() {
	tags := []string{"system"}
	register(a, public, huma.Operation{OperationID: "get-version", Method: http.MethodGet, Path: Prefix + "/version", Summary: "What runs here", Tags: tags},
		func(context.Context, *struct{}) (*struct {
			Body struct {
				Product string `json:"product"`
			}
		}, error) {
			out := &struct {
				Body struct {
					Product string `json:"product"`
				}
			}{}
			out.Body.Product = "Analytix Flow"
			return out, nil
		})
	register(a, need(access.SystemObserve), huma.Operation{OperationID: "get-queue", Method: http.MethodGet, Path: Prefix + "/system/queue",
		Summary: "What the queue holds, by kind and state", Tags: tags}, a.queue)
	register(a, need(access.SystemObserve), huma.Operation{OperationID: "list-dead-tasks", Method: http.MethodGet, Path: Prefix + "/system/dead-tasks",
		Summary: "Tasks that failed for good", Tags: tags}, a.deadTasks)
	register(a, need(access.SystemManage), huma.Operation{OperationID: "retry-dead-tasks", Method: http.MethodPost, Path: Prefix + "/system/runs/{run}/retry",
		Summary: "Take up again what a failure stopped", Tags: tags},
		func(ctx context.Context, in *struct {
			Run string `path:"run" maxLength:"64"`
		},
		) (*struct{}, error) {
			return nil, a.App.Retry(ctx, in.Run, actor(caller(ctx)))
		})
	register(a, need(access.SystemObserve), huma.Operation{OperationID: "list-dead-messages", Method: http.MethodGet, Path: Prefix + "/system/dead-messages",
		Summary: "Messages that could not be handled", Tags: tags}, a.deadMessages)
	register(a, need(access.SystemManage), huma.Operation{OperationID: "replay-dead-message", Method: http.MethodPost,
		Path: Prefix + "/system/dead-messages/{seq}/replay", Summary: "Send a message that could not be handled again", Tags: tags},
		func(ctx context.Context, in *struct {
			Seq uint64 `path:"seq"`
		},
		) (*struct{}, error) {
			return nil, a.App.Replay(ctx, in.Seq)
		})
	a.keys(tags)
}

func (a *API) queue(ctx context.Context, _ *struct{}) (*struct {
	Body struct {
		Counts []QueueCount `json:"counts"`
	}
}, error,
) {
	counts, err := a.App.QueueCounts(ctx)
	if err != nil {
		return nil, err
	}
	out := &struct {
		Body struct {
			Counts []QueueCount `json:"counts"`
		}
	}{}
	out.Body.Counts = make([]QueueCount, len(counts))
	for i, c := range counts {
		out.Body.Counts[i] = QueueCount{Kind: c.Kind, State: c.State, Tasks: c.N}
	}
	return out, nil
}

func (a *API) deadTasks(ctx context.Context, _ *struct{}) (*struct {
	Body struct {
		Tasks []DeadTask `json:"tasks"`
	}
}, error,
) {
	all, err := a.App.DeadTasks(ctx)
	if err != nil {
		return nil, err
	}
	out := &struct {
		Body struct {
			Tasks []DeadTask `json:"tasks"`
		}
	}{}
	out.Body.Tasks = make([]DeadTask, len(all))
	for i, t := range all { // the reason stays with the run: it may quote data, which operators do not see
		out.Body.Tasks[i] = DeadTask{ID: t.ID, Run: t.Run, Stage: string(t.Stage), Handler: t.Handler, Attempts: t.Attempts, Created: t.At}
	}
	return out, nil
}

func (a *API) deadMessages(ctx context.Context, _ *struct{}) (*struct {
	Body struct {
		Messages []DeadMessage `json:"messages"`
	}
}, error,
) {
	all, err := a.App.DeadLetters(ctx)
	if err != nil {
		return nil, err
	}
	out := &struct {
		Body struct {
			Messages []DeadMessage `json:"messages"`
		}
	}{}
	out.Body.Messages = make([]DeadMessage, len(all))
	for i, d := range all {
		out.Body.Messages[i] = DeadMessage{Seq: d.Seq, Run: d.Message.Run, Kind: d.Message.Kind, Tries: d.Tries, At: d.At}
	}
	return out, nil
}
