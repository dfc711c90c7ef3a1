package httpapi

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/control"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
	"github.com/analytix-flow/analytix/internal/stage/reception"
)

type readingInput struct {
	RunPath
	Body struct {
		Options map[string]any `json:"options,omitempty" doc:"As for sending reception back: delimiter, quote, escape, encoding, header, skip_lines. Absent: those with which the file was read."`
	}
}

func (a *API) readings() {
	register(a, need(access.DatasetsRead), huma.Operation{OperationID: "preview-reading", Method: http.MethodPost,
		Path:    Prefix + "/workspaces/{workspace}/runs/{run}/reception/preview",
		Summary: "How the beginning of the file would be read with other options; for whoever may see personal data, as nobody knows yet which columns hold any",
		Tags:    []string{"findings"}, DefaultStatus: http.StatusOK}, a.previewReading)
}

func (a *API) previewReading(ctx context.Context, in *readingInput) (*documentOutput[reception.Reading], error) {
	_, state, err := a.state(ctx, in.RunPath)
	if err != nil {
		return nil, err
	}
	if err := a.unmaskedOnly(ctx, in.Workspace); err != nil {
		return nil, err
	}
	if state.Status != control.Waiting || state.Stage != flow.Reception {
		return nil, newProblem(http.StatusConflict, "no_point_open", "The run does not wait at the control point of reception.").
			next("have that control point opened again")
	}
	options := in.Body.Options
	if options == nil {
		options = state.Stages[flow.Reception].Options
	}
	raw, err := a.App.Reading(ctx, in.Run, options)
	if stage.IsRefused(err) {
		return nil, unreadable(err)
	}
	if err != nil {
		return nil, err
	}
	out := &documentOutput[reception.Reading]{}
	return out, json.Unmarshal(raw, &out.Body)
}

// unreadable tells whoever wants the file read otherwise that it cannot be read so.
func unreadable(err error) *Problem {
	return newProblem(http.StatusUnprocessableEntity, "unreadable", sentence(err)).kept("nothing was changed").next("have it read in another way")
}

// readable refuses to send reception back with options with which the file cannot be read: the run would fail for good.
func (a *API) readable(ctx context.Context, run string, options map[string]any) error {
	if len(options) == 0 {
		return nil
	}
	_, err := a.App.Reading(ctx, run, options)
	if stage.IsRefused(err) {
		return unreadable(err)
	}
	return err
}
