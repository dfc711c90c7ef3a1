package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/accesslog"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/webhook"
)

// Webhook is an address that is told of what happens in the workspace.
type Webhook struct {
	ID       string         `json:"id"`
	URL      string         `json:"url"`
	Events   []webhook.Kind `json:"events"`
	Active   bool           `json:"active"`
	Failures int64          `json:"failures" doc:"Deliveries that were given up, one after the other."`
	Note     string         `json:"note,omitempty" doc:"Why it was switched off."`
	Secret   string         `json:"secret,omitempty" doc:"Shown once, when it was made: receivers check signatures with it."`
	Created  time.Time      `json:"created"`
	Updated  time.Time      `json:"updated"`
}

// WebhookBody is a webhook as it is sent.
type WebhookBody struct {
	URL    string   `json:"url" minLength:"1" maxLength:"2048" doc:"Begins with https://, and leads to the public internet or where the operator allows."`
	Events []string `json:"events" minItems:"1" maxItems:"20" doc:"run.started, control_point.opened, control_point.closed, control_point.expired, run.done, run.failed, run.waiting, person.mentioned, item.assigned, deadline.near"`
	Active *bool    `json:"active,omitempty" doc:"True by default."`
}

func (b *WebhookBody) spec() webhook.Spec {
	x := webhook.Spec{URL: b.URL, Active: b.Active == nil || *b.Active}
	for _, e := range b.Events {
		x.Events = append(x.Events, webhook.Kind(e))
	}
	return x
}

// Delivery is something that a webhook is told, or was told.
type Delivery struct {
	ID       string     `json:"id"`
	Event    string     `json:"event"`
	Status   string     `json:"status" doc:"pending, delivered, given_up, or dropped, which is when the webhook was switched off first"`
	Attempts int64      `json:"attempts"`
	Next     *time.Time `json:"next,omitempty" doc:"When the next attempt is made."`
	Created  time.Time  `json:"created"`
	Body     string     `json:"body,omitempty" doc:"What is sent."`
	Log      []Attempt  `json:"log,omitempty" doc:"The attempts, the first one first."`
}

// Attempt is one try to deliver.
type Attempt struct {
	Attempt int64     `json:"attempt"`
	At      time.Time `json:"at"`
	Status  int64     `json:"status,omitempty" doc:"Of the answer; absent where there was none."`
	Millis  int64     `json:"milliseconds"`
	Answer  string    `json:"answer,omitempty" doc:"The first 2 KiB of the answer's body."`
	Error   string    `json:"error,omitempty" doc:"Why there was no answer."`
}

// WebhookPath names a webhook of a workspace.
type WebhookPath struct {
	WorkspacePath
	Webhook string `path:"webhook" maxLength:"64"`
}

type webhookOutput struct {
	ETag string `header:"ETag"`
	Body Webhook
}

type webhooksOutput struct {
	Body struct {
		Webhooks []Webhook `json:"webhooks"`
	}
}

// DeliveryPath names a delivery of a webhook.
type DeliveryPath struct {
	WebhookPath
	Delivery string `path:"delivery" maxLength:"64"`
}

type deliveryOutput struct{ Body Delivery }

type deliveriesOutput struct {
	Body struct {
		Deliveries []Delivery `json:"deliveries" doc:"The latest first."`
		Next       string     `json:"next,omitempty"`
	}
}

func webhookView(w *store.Webhook) *webhookOutput {
	v := Webhook{ID: w.ID, URL: w.URL, Active: w.Active, Failures: w.Failures, Note: w.Note, Created: w.Created, Updated: w.Updated, Events: []webhook.Kind{}}
	for _, e := range w.Events {
		v.Events = append(v.Events, webhook.Kind(e))
	}
	return &webhookOutput{ETag: etag(strconv.FormatInt(w.Version, 10)), Body: v}
}

// hashed is what of a webhook the audit holds the hash of: its secret is no part of it.
func hashed(w *store.Webhook) any {
	if w == nil {
		return nil
	}
	return map[string]any{"url": w.URL, "events": w.Events, "active": w.Active, "version": w.Version}
}

func deliveryView(d *store.Delivery) Delivery {
	v := Delivery{ID: d.ID, Event: d.Event, Status: d.Status, Attempts: d.Attempts, Created: d.Created}
	if d.Status == webhook.Pending && !d.Next.IsZero() {
		v.Next = &d.Next
	}
	return v
}

const pathWebhooks = Prefix + "/workspaces/{workspace}/webhooks"

func (a *API) webhooks() {
	may, tags, one := need(access.WebhooksManage), []string{"webhooks"}, pathWebhooks+"/{webhook}"
	register(a, may, huma.Operation{OperationID: "list-webhooks", Method: http.MethodGet, Path: pathWebhooks, Summary: "The webhooks of the workspace", Tags: tags},
		func(ctx context.Context, in *WorkspacePath) (*webhooksOutput, error) {
			all, err := a.App.Webhooks().List(ctx, in.Workspace)
			if err != nil {
				return nil, err
			}
			out := &webhooksOutput{}
			out.Body.Webhooks = make([]Webhook, len(all))
			for i := range all {
				out.Body.Webhooks[i] = webhookView(&all[i]).Body
			}
			return out, nil
		})
	register(a, may, huma.Operation{OperationID: "get-webhook", Method: http.MethodGet, Path: one, Summary: "One of them", Tags: tags},
		func(ctx context.Context, in *WebhookPath) (*webhookOutput, error) {
			w, err := a.App.Webhooks().Get(ctx, in.Workspace, in.Webhook)
			if err != nil {
				return nil, err
			}
			return webhookView(w), nil
		})
	register(a, may, secretAnswer(huma.Operation{OperationID: "create-webhook", Method: http.MethodPost, Path: pathWebhooks, Summary: "Make one; its secret is shown this once",
		Tags: tags, DefaultStatus: http.StatusCreated}), a.createWebhook)
	register(a, may, huma.Operation{OperationID: "put-webhook", Method: http.MethodPut, Path: one, Summary: "Write it anew", Tags: tags}, a.putWebhook)
	register(a, may, huma.Operation{OperationID: "remove-webhook", Method: http.MethodDelete, Path: one, Summary: "Remove it with its log", Tags: tags},
		func(ctx context.Context, in *WebhookPath) (*struct{}, error) {
			w, err := a.App.Webhooks().Get(ctx, in.Workspace, in.Webhook)
			if err != nil {
				return nil, err
			}
			accesslog.Changed(ctx, "", hashed(w), nil)
			return nil, a.App.Webhooks().Remove(ctx, in.Workspace, in.Webhook)
		})
	register(a, may, secretAnswer(huma.Operation{OperationID: "rotate-webhook-secret", Method: http.MethodPost, Path: one + "/secret",
		Summary: "Give it a new secret, which is shown this once; the old one is of no use any more", Tags: tags, DefaultStatus: http.StatusOK}),
		func(ctx context.Context, in *WebhookPath) (*webhookOutput, error) {
			w, secret, err := a.App.Webhooks().Rotate(ctx, in.Workspace, in.Webhook)
			if err != nil {
				return nil, err
			}
			out := webhookView(w)
			out.Body.Secret = secret
			return out, nil
		})
	register(a, may, huma.Operation{OperationID: "test-webhook", Method: http.MethodPost, Path: one + "/test", Summary: "Send it an event of the kind webhook.test",
		Tags: tags, DefaultStatus: http.StatusAccepted},
		func(ctx context.Context, in *WebhookPath) (*deliveryOutput, error) {
			return delivered(a.App.Webhooks().Try(ctx, in.Workspace, in.Webhook))
		})
	a.deliveries(may, tags, one+"/deliveries")
}

func delivered(d *store.Delivery, err error) (*deliveryOutput, error) {
	if err != nil {
		return nil, err
	}
	return &deliveryOutput{deliveryView(d)}, nil
}

func (a *API) createWebhook(ctx context.Context, in *struct {
	WorkspacePath
	Body WebhookBody
},
) (*webhookOutput, error) {
	w, secret, err := a.App.Webhooks().Create(ctx, in.Workspace, in.Body.spec())
	if err != nil {
		return nil, err
	}
	accesslog.Changed(ctx, "webhook:"+w.ID, nil, hashed(w))
	out := webhookView(w)
	out.Body.Secret = secret
	return out, nil
}

func (a *API) putWebhook(ctx context.Context, in *struct {
	WebhookPath
	IfMatch string `header:"If-Match" maxLength:"100"`
	Body    WebhookBody
},
) (*webhookOutput, error) {
	version, err := matchesVersion(in.IfMatch)
	if err != nil {
		return nil, err
	}
	before, err := a.App.Webhooks().Get(ctx, in.Workspace, in.Webhook)
	if err != nil {
		return nil, err
	}
	w, err := a.App.Webhooks().Change(ctx, in.Workspace, in.Webhook, version, in.Body.spec())
	if err != nil {
		return nil, err
	}
	accesslog.Changed(ctx, "", hashed(before), hashed(w))
	return webhookView(w), nil
}

func (a *API) deliveries(may rule, tags []string, all string) {
	register(a, may, huma.Operation{OperationID: "list-deliveries", Method: http.MethodGet, Path: all, Summary: "What it was told, the latest first", Tags: tags},
		func(ctx context.Context, in *struct {
			WebhookPath
			PageInput
		},
		) (*deliveriesOutput, error) {
			page, err := in.page()
			if err != nil {
				return nil, err
			}
			list, err := a.App.Webhooks().Deliveries(ctx, in.Workspace, in.Webhook, store.DeliveryPlace{Created: page.Before, ID: page.ID}, page.Limit)
			if err != nil {
				return nil, err
			}
			out := &deliveriesOutput{}
			out.Body.Deliveries = make([]Delivery, len(list))
			for i := range list {
				out.Body.Deliveries[i] = deliveryView(&list[i])
			}
			if n := len(list); n > 0 && n == page.Limit {
				out.Body.Next = cursor(list[n-1].Created, list[n-1].ID)
			}
			return out, nil
		})
	register(a, may, huma.Operation{OperationID: "get-delivery", Method: http.MethodGet, Path: all + "/{delivery}", Summary: "One of them, with every attempt", Tags: tags},
		a.delivery)
	register(a, may, huma.Operation{OperationID: "replay-delivery", Method: http.MethodPost, Path: all + "/{delivery}/replay",
		Summary: "Tell it the same again, as a new delivery", Tags: tags, DefaultStatus: http.StatusAccepted},
		func(ctx context.Context, in *DeliveryPath) (*deliveryOutput, error) {
			return delivered(a.App.Webhooks().Replay(ctx, in.Workspace, in.Webhook, in.Delivery))
		})
}

func (a *API) delivery(ctx context.Context, in *DeliveryPath) (*deliveryOutput, error) {
	d, err := a.App.Webhooks().Delivery(ctx, in.Workspace, in.Webhook, in.Delivery)
	if err != nil {
		return nil, err
	}
	attempts, err := a.App.Webhooks().Attempts(ctx, d.ID)
	if err != nil {
		return nil, err
	}
	v := deliveryView(d)
	v.Body = string(d.Body)
	for _, x := range attempts {
		v.Log = append(v.Log, Attempt{Attempt: x.Attempt, At: x.Created, Status: x.Status, Millis: x.Millis, Answer: x.Answer, Error: x.Error})
	}
	return &deliveryOutput{v}, nil
}
