package httpapi

import (
	"context"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/keys"
	"github.com/analytix-flow/analytix/internal/query"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/upload"
)

// Dataset is a file that was uploaded, or is being uploaded.
type Dataset struct {
	ID       string     `json:"id"`
	Status   string     `json:"status" enum:"open,received,erased" doc:"open while it is on its way in; received once runs can start from it."`
	Name     string     `json:"name" doc:"Name of the file."`
	Account  string     `json:"account" doc:"Who sent it."`
	Size     int64      `json:"size" doc:"Bytes that the sender said would come; -1 where it was not said."`
	Received int64      `json:"received" doc:"Bytes that have come."`
	SHA256   string     `json:"sha256,omitempty"`
	Created  time.Time  `json:"created"`
	Expires  *time.Time `json:"expires,omitempty" doc:"When an unfinished upload is given up."`
}

func datasetView(u *upload.Upload, m masks) Dataset {
	d := Dataset{ID: u.ID, Status: u.Status, Name: m.text(u.Name), Account: u.Account, Size: u.Size, Received: u.Received, SHA256: u.SHA256, Created: u.Created}
	if !u.Expires.IsZero() {
		d.Expires = &u.Expires
	}
	return d
}

// DatasetPath names a dataset of a workspace.
type DatasetPath struct {
	WorkspacePath
	Dataset string `path:"dataset" maxLength:"64" doc:"Id of the dataset."`
}

type datasetsInput struct {
	WorkspacePath
	After string `query:"after" maxLength:"64" doc:"The next of the page before; empty for the first page."`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type datasetsOutput struct {
	Body struct {
		Datasets []Dataset `json:"datasets"`
		Next     string    `json:"next,omitempty" doc:"Give it as after to read on; absent on the last page."`
	}
}

type erasuresOutput struct {
	Body struct {
		Erasures []app.Erasure `json:"erasures"`
	}
}

type whyBody struct {
	Why string `json:"why" minLength:"1" maxLength:"1000" doc:"The reason, for the audit."`
}

type erasureOutput struct{ Body app.Erasure }

func (a *API) datasets() {
	all := Prefix + "/workspaces/{workspace}/datasets"
	tags := []string{"datasets"}
	register(a, need(access.DatasetsRead), huma.Operation{OperationID: "list-datasets", Method: http.MethodGet, Path: all,
		Summary: "The datasets of the workspace, the latest first", Tags: tags}, a.listDatasets)
	register(a, need(access.DatasetsRead), huma.Operation{OperationID: "get-dataset", Method: http.MethodGet, Path: all + "/{dataset}",
		Summary: "A dataset", Tags: tags},
		func(ctx context.Context, in *DatasetPath) (*struct{ Body Dataset }, error) {
			u, err := a.App.Uploads().Get(ctx, in.Workspace, in.Dataset)
			if err != nil {
				return nil, err
			}
			return &struct{ Body Dataset }{datasetView(u, textual(ctx, in.Workspace))}, nil
		})
	register(a, need(access.DatasetsErase), huma.Operation{OperationID: "erase-dataset", Method: http.MethodPost, Path: all + "/{dataset}/erase",
		Summary: "Erase a dataset with its key and everything that runs made of it, for good", Tags: tags, DefaultStatus: http.StatusOK},
		func(ctx context.Context, in *struct {
			DatasetPath
			Body whyBody
		},
		) (*erasureOutput, error) {
			e, err := a.App.Erase(ctx, in.Workspace, in.Dataset, actor(caller(ctx)), in.Body.Why)
			if err != nil {
				return nil, err
			}
			return &erasureOutput{*e}, nil
		})
	register(a, need(access.DatasetsErase), huma.Operation{OperationID: "erase-run", Method: http.MethodPost, Path: Prefix + "/workspaces/{workspace}/runs/{run}/erase",
		Summary: "Erase a run and its dataset, where no other run is on it", Tags: tags, DefaultStatus: http.StatusOK},
		func(ctx context.Context, in *struct {
			RunPath
			Body whyBody
		},
		) (*erasureOutput, error) {
			if _, _, err := a.state(ctx, in.RunPath); err != nil {
				return nil, err
			}
			e, err := a.App.EraseRun(ctx, in.Run, actor(caller(ctx)), in.Body.Why)
			if err != nil {
				return nil, err
			}
			return &erasureOutput{*e}, nil
		})
	register(a, need(access.AuditRead), huma.Operation{OperationID: "list-erasures", Method: http.MethodGet, Path: Prefix + "/workspaces/{workspace}/erasures",
		Summary: "The proofs of what was erased, the latest first", Tags: tags},
		func(ctx context.Context, in *WorkspacePath) (*erasuresOutput, error) {
			list, err := a.App.Erasures(ctx, in.Workspace)
			out := &erasuresOutput{}
			out.Body.Erasures = list
			return out, err
		})
	a.originals(all, tags)
}

func (a *API) listDatasets(ctx context.Context, in *datasetsInput) (*datasetsOutput, error) {
	list, err := a.App.Uploads().List(ctx, in.Workspace, in.After, in.Limit+1)
	if err != nil {
		return nil, err
	}
	out, m := &datasetsOutput{}, textual(ctx, in.Workspace)
	out.Body.Datasets = []Dataset{}
	for i := range list {
		if i == in.Limit {
			out.Body.Next = list[i-1].ID
			break
		}
		out.Body.Datasets = append(out.Body.Datasets, datasetView(&list[i], m))
	}
	return out, nil
}

// originalInput asks for a file as it was received.
type originalInput struct {
	DatasetPath
	raw raw
}

// Resolve implements huma.Resolver.
func (in *originalInput) Resolve(ctx huma.Context) []error { in.raw.ctx = ctx; return nil }

// runOriginalInput asks for the file of a run.
type runOriginalInput struct {
	RunPath
	raw raw
}

// Resolve implements huma.Resolver.
func (in *runOriginalInput) Resolve(ctx huma.Context) []error { in.raw.ctx = ctx; return nil }

func (a *API) originals(all string, tags []string) {
	register(a, need(access.DatasetsDownload), huma.Operation{OperationID: "download-original", Method: http.MethodGet, Path: all + "/{dataset}/original",
		Summary: "The file byte for byte as it was received; takes Range", Tags: tags, Responses: binary("application/octet-stream")},
		func(ctx context.Context, in *originalInput) (*streamOutput, error) {
			if err := a.unmaskedOnly(ctx, in.Workspace); err != nil {
				return nil, err
			}
			at, file, err := a.App.OriginalOf(ctx, in.Workspace, in.Dataset)
			if err != nil {
				return nil, err
			}
			return send(in.raw, at, at.Size(), file.Name, file.SHA256), nil //nolint:contextcheck // the request carries its context
		})
	register(a, need(access.DatasetsDownload), huma.Operation{OperationID: "download-run-original", Method: http.MethodGet,
		Path: Prefix + "/workspaces/{workspace}/runs/{run}/original", Summary: "The file of a run byte for byte as it was received; takes Range", Tags: tags,
		Responses: binary("application/octet-stream")},
		func(ctx context.Context, in *runOriginalInput) (*streamOutput, error) {
			if _, _, err := a.state(ctx, in.RunPath); err != nil {
				return nil, err
			}
			if err := a.unmaskedOnly(ctx, in.Workspace); err != nil {
				return nil, err
			}
			at, record, err := a.App.Original(ctx, in.Run)
			if err != nil {
				return nil, err
			}
			return send(in.raw, at, at.Size(), record.Head.File, record.Head.SHA256), nil //nolint:contextcheck // the request carries its context
		})
}

// readAtCloser is a file that can be read at any offset.
type readAtCloser interface {
	io.ReaderAt
	io.Closer
}

// send answers with a file, or the range of it that was asked for.
func send(r raw, at readAtCloser, size int64, name, tag string) *streamOutput {
	return &streamOutput{Body: func(huma.Context) {
		defer func() { _ = at.Close() }() // only read
		w := r.writer()
		_ = http.NewResponseController(w).SetWriteDeadline(time.Time{}) // a large file takes its time
		h := w.Header()
		h.Set("Content-Type", "application/octet-stream") // no browser shall make anything of it
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
		h.Set("ETag", etag(tag))
		http.ServeContent(w, r.request(), "", time.Time{}, io.NewSectionReader(at, 0, size))
	}}
}

// dataMappings say what becomes of the errors of datasets and of looking at them.
var dataMappings = []mapping{
	{app.ErrErased, erased},
	{keys.ErrNotFound, erased}, // whatever is asked for of it
	{app.ErrShared, status(http.StatusConflict, "shared", "erase the dataset, and all runs on it")},
	{query.ErrInvalid, status(http.StatusUnprocessableEntity, "invalid", "correct the request")},
}

func erased(error) *Problem {
	return newProblem(http.StatusGone, "erased", "It was erased, and its key with it.").next("look at the erasures of the workspace for the proof")
}

// received says whether a dataset is one that runs can start from.
func received(u *upload.Upload) error {
	switch u.Status {
	case store.DatasetReceived:
		return nil
	case store.DatasetErased:
		return app.ErrErased
	default:
		return newProblem(http.StatusConflict, "unfinished", "The upload is not complete.").next("send the rest of it")
	}
}
