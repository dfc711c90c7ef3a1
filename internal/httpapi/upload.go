package httpapi

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/tier"
	"github.com/analytix-flow/analytix/internal/upload"
)

// uploadInput is a request of the tus protocol, whose headers and body are the protocol's.
type uploadInput struct {
	WorkspacePath
	raw raw
}

// Resolve implements huma.Resolver.
func (in *uploadInput) Resolve(ctx huma.Context) []error { in.raw.ctx = ctx; return nil }

type oneUploadInput struct {
	WorkspacePath
	Upload string `path:"upload" maxLength:"64" doc:"Id of the upload, which is that of the dataset that it becomes."`
	raw    raw
}

// Resolve implements huma.Resolver.
func (in *oneUploadInput) Resolve(ctx huma.Context) []error { in.raw.ctx = ctx; return nil }

type fileInput struct {
	WorkspacePath
	Name   string `path:"name" maxLength:"255" doc:"Name of the file."`
	Length int64  `header:"Content-Length" doc:"Bytes of the file, where they are known."`
	raw    raw
}

// Resolve implements huma.Resolver.
func (in *fileInput) Resolve(ctx huma.Context) []error { in.raw.ctx = ctx; return nil }

type datasetOutput struct {
	Location string `header:"Location"`
	Body     Dataset
}

func (a *API) uploads() {
	protocol, err := a.App.Uploads().Handler(a.uploadProblem)
	if err != nil { // its configuration is fixed, so this is a mistake of the program: say so on every call
		a.log.Error("uploads cannot be taken", "error", err)
	}
	all := Prefix + "/workspaces/{workspace}/uploads"
	tags := []string{"uploads"}
	tus := func(id, method, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: tags, Extensions: streamed(), MaxBodyBytes: -1,
			Description: "By the tus protocol 1.0.0 (https://tus.io): use a client for it."}
	}
	serve := func(ctx context.Context, workspace string, r raw) (*streamOutput, error) {
		if protocol == nil {
			return nil, errors.New("uploads cannot be taken")
		}
		owner, err := a.owner(ctx, workspace)
		if err != nil {
			return nil, err
		}
		return &streamOutput{Body: func(huma.Context) { //nolint:contextcheck // the request carries its context
			protocol.Serve(r.writer(), r.request(), *owner, Prefix+"/workspaces/"+url.PathEscape(workspace)+"/uploads")
		}}, nil
	}
	for _, op := range []huma.Operation{
		tus("create-upload", http.MethodPost, all, "Begin a resumable upload"),
		tus("upload-options", http.MethodOptions, all, "What the server knows of the protocol, and the largest file"),
	} {
		register(a, need(access.DatasetsUpload), op, func(ctx context.Context, in *uploadInput) (*streamOutput, error) {
			return serve(ctx, in.Workspace, in.raw)
		})
	}
	for _, op := range []huma.Operation{
		tus("get-upload", http.MethodHead, all+"/{upload}", "How far an upload has come"),
		tus("continue-upload", http.MethodPatch, all+"/{upload}", "Send the next piece of an upload"),
		tus("end-upload", http.MethodDelete, all+"/{upload}", "End an unfinished upload and forget what has come"),
	} {
		register(a, need(access.DatasetsUpload), op, func(ctx context.Context, in *oneUploadInput) (*streamOutput, error) {
			return serve(ctx, in.Workspace, in.raw)
		})
	}
	a.wholeFiles()
}

// wholeFiles are uploads in one request, for curl.
func (a *API) wholeFiles() {
	binaryBody := func(media string) *huma.RequestBody {
		return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{media: {Schema: &huma.Schema{Type: "string", Format: "binary"}}}}
	}
	register(a, need(access.DatasetsUpload), huma.Operation{OperationID: "put-file", Method: http.MethodPut, Path: Prefix + "/workspaces/{workspace}/files/{name}",
		Summary: "Upload a file in one request: its bytes are the body", Tags: []string{"uploads"}, DefaultStatus: http.StatusCreated, Extensions: streamed(),
		MaxBodyBytes: -1, RequestBody: binaryBody("application/octet-stream")},
		func(ctx context.Context, in *fileInput) (*datasetOutput, error) {
			r := in.raw.request() //nolint:contextcheck // the request carries its context
			return a.receive(ctx, in.Workspace, in.Name, r.ContentLength, in.raw, r.Body)
		})
	register(a, need(access.DatasetsUpload), huma.Operation{OperationID: "post-file", Method: http.MethodPost, Path: Prefix + "/workspaces/{workspace}/files",
		Summary: "Upload a file in one request, as a form of several parts with a part named file", Tags: []string{"uploads"}, DefaultStatus: http.StatusCreated,
		Extensions: streamed(), MaxBodyBytes: -1, RequestBody: binaryBody("multipart/form-data")},
		func(ctx context.Context, in *uploadInput) (*datasetOutput, error) {
			r := in.raw.request() //nolint:contextcheck // the request carries its context
			kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
			if err != nil || kind != "multipart/form-data" {
				return nil, newProblem(http.StatusUnsupportedMediaType, "", "The body is no form of several parts.").next("send multipart/form-data with a part named file")
			}
			parts, err := r.MultipartReader()
			if err != nil {
				return nil, badForm()
			}
			for {
				part, err := parts.NextPart()
				if err != nil {
					return nil, badForm()
				}
				if part.FormName() == "file" {
					return a.receive(ctx, in.Workspace, part.FileName(), -1, in.raw, part)
				}
			}
		})
}

func badForm() *Problem {
	return newProblem(http.StatusBadRequest, "form", "The form has no part named file, or is cut off.").kept("nothing was kept").
		next("send multipart/form-data with a part named file")
}

// idleUpload is how long a client may send nothing.
const idleUpload = time.Minute

// patient lets a body take as long as it needs, as long as something comes.
type patient struct {
	r io.Reader
	c *http.ResponseController
}

// Read implements io.Reader.
func (p *patient) Read(b []byte) (int, error) {
	_ = p.c.SetReadDeadline(time.Now().Add(idleUpload)) // not every connection has deadlines
	return p.r.Read(b)
}

func (a *API) receive(ctx context.Context, workspace, name string, size int64, r raw, body io.Reader) (*datasetOutput, error) {
	owner, err := a.owner(ctx, workspace)
	if err != nil {
		return nil, err
	}
	u, err := a.App.Uploads().Receive(ctx, *owner, name, size, &patient{body, http.NewResponseController(r.writer())})
	if err != nil {
		return nil, err
	}
	return &datasetOutput{Location: Prefix + "/workspaces/" + url.PathEscape(workspace) + "/datasets/" + u.ID, Body: datasetView(u, masks{})}, nil
}

// owner is on whose behalf the caller uploads, with the limit of the workspace's tier.
func (a *API) owner(ctx context.Context, workspace string) (*upload.Owner, error) {
	_, l, err := a.tierOf(ctx, workspace)
	if err != nil {
		return nil, err
	}
	return &upload.Owner{Account: caller(ctx).Account, Workspace: workspace, Limit: l.FileBytes}, nil
}

// uploadProblem answers a request of the protocol that failed: with the protocol's status, where it has one for what happened.
func (a *API) uploadProblem(w http.ResponseWriter, r *http.Request, status int, err error) {
	p := &Problem{}
	var said *upload.Protocol
	if errors.As(err, &said) {
		p = newProblem(said.Status, "upload_protocol", said.Text+".").next("keep to the tus protocol 1.0.0")
	} else if !errors.As(a.problem(r.Context(), err), &p) {
		p = internalProblem()
	}
	if status != http.StatusInternalServerError {
		p.Status, p.Title = status, http.StatusText(status)
	}
	if p.Title == "" {
		p.Title = "Checksum Mismatch" // of the protocol's own
	}
	verdictOf(r.Context()).code = p.Code
	for name, values := range p.headers {
		w.Header()[name] = values
	}
	plain(w, p, requestID(r.Context()))
}

// uploadMappings say what becomes of the errors of uploads.
var uploadMappings = []mapping{
	{upload.ErrNotFound, func(error) *Problem { return missing() }},
	{upload.ErrTooLarge, func(err error) *Problem {
		return newProblem(http.StatusRequestEntityTooLarge, "tier_limit", sentence(err)).kept("nothing was kept").next("use the professional tier, or a part of the file")
	}},
	{tier.ErrLimit, tierProblem},
	{upload.ErrTooMany, status(http.StatusTooManyRequests, "too_many_uploads", "finish or end one of the uploads that are under way")},
	{upload.ErrEmpty, status(http.StatusUnprocessableEntity, "refused", "check how the file was exported")},
	{upload.ErrChecksum, status(http.StatusUnprocessableEntity, "checksum", "send the piece again")},
	{upload.ErrAlgorithm, status(http.StatusBadRequest, "checksum_algorithm", "use sha256 or sha1")},
	{upload.ErrReceived, status(http.StatusConflict, "received", "erase the dataset, if that is what you want")},
	{upload.ErrLength, status(http.StatusBadRequest, "length", "send as many bytes as you say")},
}
