package httpapi

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/accesslog"
)

// AuditFilter says which entries of the access log are asked for.
type AuditFilter struct {
	Account   string    `query:"account" maxLength:"64" doc:"Id of who acted."`
	Operation string    `query:"operation" maxLength:"100" doc:"Id of the operation, as in this description."`
	Object    string    `query:"object" maxLength:"200" doc:"What it was done to, such as run:ID, dataset:ID or webhook:ID."`
	Action    string    `query:"action" maxLength:"40" doc:"access.read, change.begun, change.ended, event, or log.*"`
	Outcome   string    `query:"outcome" enum:"begun,success,denied,failed,error"`
	From      time.Time `query:"from" doc:"Entries from this moment on."`
	To        time.Time `query:"to" doc:"Entries before this moment."`
}

func (f *AuditFilter) query(workspace string) accesslog.Query {
	return accesslog.Query{Workspace: workspace, Account: f.Account, Operation: f.Operation, Object: f.Object, Action: f.Action,
		Outcome: accesslog.Outcome(f.Outcome), From: f.From, To: f.To}
}

// AuditPage says which part of what is found is asked for.
type AuditPage struct {
	After string `query:"after" maxLength:"20" doc:"The next of the page before; empty for the first page."`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"How many at most."`
}

type auditOutput struct {
	Body struct {
		Entries []accesslog.Entry `json:"entries" doc:"The latest first."`
		Next    string            `json:"next,omitempty" doc:"Give it as after to read on."`
	}
}

// AuditFormat says in which form the log is exported.
type AuditFormat struct {
	Format string `query:"format" enum:"jsonl,cef,syslog" default:"jsonl" doc:"jsonl is the chain itself, which can be verified; cef and syslog (RFC 5424) are for other systems."`
}

// AuditReport is what a check of the access log found out.
type AuditReport struct {
	First      int64     `json:"first" doc:"Number of the first entry; those before it were dropped, as a summary in the log says."`
	Last       int64     `json:"last"`
	Head       string    `json:"head" doc:"Hash of the last entry."`
	Signatures int64     `json:"signatures" doc:"How many were checked."`
	Signed     int64     `json:"signed" doc:"Number of the last entry that a signature holds."`
	SignedAt   time.Time `json:"signed_at"`
	CheckedAt  time.Time `json:"checked_at" doc:"When this was found out. A check takes longer the longer the log is, so what is asked for again at once gets the same answer."`
}

// verification is the last check of the access log. Checks are made one at a time, and take a small part of the time.
type verification struct {
	mu     sync.Mutex
	report AuditReport
	err    error
	until  time.Time // the report is given again until then
}

// A check's report is given again for restVerified, and for as long as restTimes the check took.
const (
	restVerified = 10 * time.Second
	restTimes    = 10
)

func (a *API) audit() {
	tags := []string{"audit"}
	register(a, need(access.AuditRead), huma.Operation{OperationID: "search-audit", Method: http.MethodGet, Path: Prefix + "/workspaces/{workspace}/audit",
		Summary: "Who did what in the workspace, the latest first", Tags: tags},
		func(ctx context.Context, in *struct {
			WorkspacePath
			AuditFilter
			AuditPage
		},
		) (*auditOutput, error) {
			return a.searchAudit(ctx, in.query(in.Workspace), in.AuditPage)
		})
	register(a, need(access.AuditRead), huma.Operation{OperationID: "export-audit", Method: http.MethodGet, Path: Prefix + "/workspaces/{workspace}/audit/export",
		Summary: "The same as a file, the oldest first", Tags: tags, Responses: exportResponses()},
		func(_ context.Context, in *struct {
			WorkspacePath
			AuditFilter
			AuditFormat
		},
		) (*huma.StreamResponse, error) {
			return a.exportAudit(in.query(in.Workspace), accesslog.Format(in.Format)), nil //nolint:contextcheck // it has its request's context, by way of huma
		})
	register(a, need(access.AuditSystem), huma.Operation{OperationID: "search-system-audit", Method: http.MethodGet, Path: Prefix + "/system/audit",
		Summary: "Who did what in the whole instance, the latest first", Tags: tags},
		func(ctx context.Context, in *struct {
			Workspace string `query:"workspace" maxLength:"64" doc:"Of this workspace alone."`
			AuditFilter
			AuditPage
		},
		) (*auditOutput, error) {
			return a.searchAudit(ctx, in.query(in.Workspace), in.AuditPage)
		})
	register(a, need(access.AuditSystem), huma.Operation{OperationID: "export-system-audit", Method: http.MethodGet, Path: Prefix + "/system/audit/export",
		Summary: "The same as a file, the oldest first", Tags: tags, Responses: exportResponses()},
		func(_ context.Context, in *struct {
			Workspace string `query:"workspace" maxLength:"64" doc:"Of this workspace alone."`
			AuditFilter
			AuditFormat
		},
		) (*huma.StreamResponse, error) {
			return a.exportAudit(in.query(in.Workspace), accesslog.Format(in.Format)), nil //nolint:contextcheck // it has its request's context, by way of huma
		})
	register(a, need(access.AuditSystem), huma.Operation{OperationID: "verify-audit", Method: http.MethodGet, Path: Prefix + "/system/audit/verification",
		Summary: "Check every entry, link and signature of the access log", Tags: tags}, a.verifyAudit)
	register(a, need(access.AuditSystem), huma.Operation{OperationID: "get-audit-key", Method: http.MethodGet, Path: Prefix + "/system/audit/key",
		Summary: "The public key with which the signatures of an export are checked", Tags: tags}, a.auditKey)
}

func (a *API) searchAudit(ctx context.Context, q accesslog.Query, p AuditPage) (*auditOutput, error) {
	q.Cursor, q.Limit = p.After, p.Limit
	page, err := a.Access.Search(ctx, q)
	if err != nil {
		return nil, err
	}
	out := &auditOutput{}
	out.Body.Entries, out.Body.Next = page.Entries, page.Next
	return out, nil
}

// exportResponses is made anew for each operation: registering one completes what it is given.
func exportResponses() map[string]*huma.Response {
	return map[string]*huma.Response{"200": {Description: "A line an entry.", Content: map[string]*huma.MediaType{
		"application/jsonl": {Schema: &huma.Schema{Type: "string"}}, "text/plain": {Schema: &huma.Schema{Type: "string"}},
	}}}
}

func (a *API) exportAudit(q accesslog.Query, f accesslog.Format) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		host, err := os.Hostname()
		if err != nil {
			host = ""
		}
		ctx.SetHeader("Content-Type", f.ContentType())
		ctx.SetHeader("Content-Disposition", `attachment; filename="audit.`+map[accesslog.Format]string{accesslog.JSONL: "jsonl", accesslog.CEF: "cef", accesslog.Syslog: "log"}[f]+`"`)
		if err := a.Access.Export(ctx.Context(), q, f, accesslog.Source{Version: a.Version, Host: host}, ctx.BodyWriter()); err != nil {
			a.log.WarnContext(ctx.Context(), "an export of the audit ended too early", "request", requestID(ctx.Context()), "error", err)
			panic(http.ErrAbortHandler) //nolint:forbidigo // drops the connection, so that nobody takes a part for the whole
		}
	}}
}

func (a *API) verifyAudit(ctx context.Context, _ *struct{}) (*struct{ Body AuditReport }, error) {
	v := &a.verified
	v.mu.Lock()
	defer v.mu.Unlock()
	if begun := a.now(); begun.After(v.until) {
		r, err := a.Access.Verify(ctx)
		if err != nil && !errors.Is(err, accesslog.ErrTampered) { // the log was not looked at to its end
			return nil, err
		}
		ended := a.now()
		v.err, v.until = err, ended.Add(max(restVerified, restTimes*ended.Sub(begun)))
		v.report = AuditReport{First: r.First, Last: r.Last, Head: r.Head, Signatures: r.Signatures, Signed: r.Signed, SignedAt: r.SignedAt, CheckedAt: ended}
	}
	if v.err != nil {
		return nil, v.err
	}
	return &struct{ Body AuditReport }{v.report}, nil
}

type auditKeyOutput struct {
	Body struct {
		ID        string `json:"id" doc:"As the signatures name it."`
		Algorithm string `json:"algorithm"`
		PEM       string `json:"pem"`
	}
}

func (a *API) auditKey(context.Context, *struct{}) (*auditKeyOutput, error) {
	key := a.Access.PublicKey()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, err
	}
	out := &auditKeyOutput{}
	out.Body.ID, out.Body.Algorithm = accesslog.KeyID(key), "Ed25519"
	out.Body.PEM = string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	return out, nil
}
