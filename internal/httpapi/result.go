package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/outcome"
)

// result is one of the files that a run makes, written anew from what is stored.
type result struct {
	name, path, media, summary string
	write                      func(ctx context.Context, a *API, r *app.Results, w io.Writer) error
}

var resultFiles = []result{
	{"get-findings", "findings.json", "application/json", "Everything that was found, as findings.json", func(_ context.Context, _ *API, r *app.Results, w io.Writer) error {
		return r.Findings().WriteJSON(w)
	}},
	{"get-run-recipe", "recipe.yaml", "application/yaml", "The decisions, replayable on another file", func(_ context.Context, _ *API, r *app.Results, w io.Writer) error {
		_, err := w.Write(r.Recipe().Marshal())
		return err
	}},
	{"get-run-audit", "audit.jsonl", "application/jsonl", "The hash-chained audit of the run", writeAudit},
	{"get-report", "report.html", "text/html; charset=utf-8", "The report, one file that opens offline", func(ctx context.Context, a *API, r *app.Results, w io.Writer) error {
		var audit bytes.Buffer
		if err := writeAudit(ctx, a, r, &audit); err != nil {
			return err
		}
		var lines []json.RawMessage
		for line := range bytes.Lines(audit.Bytes()) {
			lines = append(lines, bytes.Clone(line))
		}
		return outcome.WriteReport(w, r.Findings(), lines)
	}},
}

func writeAudit(ctx context.Context, a *API, r *app.Results, w io.Writer) error {
	links, err := a.App.Audit(ctx, r.Record.ID)
	if err != nil {
		return err
	}
	for _, l := range links {
		// Whoever may download sees all; of what was erased nobody sees more than the proof, and the hashes of the rest.
		if l.Body, err = (masks{}).entry(l, r.State.Status == control.Erased); err != nil {
			return err
		}
		if _, err := w.Write(l.Line()); err != nil {
			return err
		}
	}
	return nil
}

type fileOutput struct {
	Type        string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Policy      string `header:"Content-Security-Policy"`
	Body        []byte
}

func (a *API) results() {
	for _, f := range resultFiles {
		register(a, need(access.DatasetsDownload), huma.Operation{OperationID: f.name, Method: http.MethodGet,
			Path: Prefix + "/workspaces/{workspace}/runs/{run}/results/" + f.path, Summary: f.summary, Tags: []string{"results"},
			Responses: map[string]*huma.Response{"200": {Description: "The file.", Content: map[string]*huma.MediaType{
				f.media: {Schema: &huma.Schema{Type: "string", Format: "binary"}},
			}}}},
			func(ctx context.Context, in *RunPath) (*fileOutput, error) {
				if _, _, err := a.state(ctx, *in); err != nil {
					return nil, err
				}
				if err := a.unmaskedOnly(ctx, in.Workspace); err != nil {
					return nil, err
				}
				r, err := a.App.Results(ctx, in.Run)
				if err != nil {
					return nil, err
				}
				if err := a.owners(ctx, r); err != nil {
					return nil, err
				}
				var b bytes.Buffer
				if err := f.write(ctx, a, r, &b); err != nil {
					return nil, err
				}
				// The report may be looked at, but it runs no script and loads nothing.
				return &fileOutput{Type: f.media, Disposition: `inline; filename="` + f.path + `"`, Body: b.Bytes(),
					Policy: "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"}, nil
			})
	}
}

// owners writes beside the recommendations who was asked to see to them.
func (a *API) owners(ctx context.Context, r *app.Results) error {
	if r.Parts.Actions == nil {
		return nil
	}
	assigned, err := a.App.Discussion().Assignments(ctx, r.Record.ID)
	if err != nil {
		return err
	}
	name := a.names(ctx)
	for i := range r.Parts.Actions.Recommendations {
		x := &r.Parts.Actions.Recommendations[i]
		for _, to := range assigned {
			if to.Item != x.ID {
				continue
			}
			x.Owner = &flow.Owner{Name: name.of(to.Account).Name}
			if !to.Due.IsZero() {
				x.Owner.Due = to.Due.UTC().Format(time.DateOnly)
			}
		}
	}
	return nil
}
