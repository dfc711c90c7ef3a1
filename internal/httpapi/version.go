package httpapi

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/dataset"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/outcome"
	"github.com/analytix-flow/analytix/internal/query"
)

// VersionPath names a version of a run's dataset.
type VersionPath struct {
	RunPath
	Version string `path:"version" maxLength:"64" doc:"Id of a version, or latest."`
}

// RowsBody asks for a window of rows.
type RowsBody struct {
	Columns []string       `json:"columns,omitempty" maxItems:"1000" doc:"None for all."`
	Filters []query.Filter `json:"filters,omitempty" maxItems:"8"`
	Order   []query.Order  `json:"order,omitempty" maxItems:"3" doc:"By the number of the row where there is none."`
	Offset  int64          `json:"offset,omitempty" minimum:"0"`
	From    int64          `json:"from,omitempty" minimum:"0" doc:"Begin at the row of this number, in the place of an offset: fast, however far down."`
	Limit   int            `json:"limit,omitempty" minimum:"1" maximum:"1000" default:"100"`
	Count   bool           `json:"count,omitempty" doc:"Whether the number of rows that the filters keep is wanted too."`
}

type rowsOutput struct {
	Body struct {
		query.Page
		Masked []string `json:"masked" doc:"Columns whose cells are masked for the caller."`
	}
}

func (a *API) versions() {
	one := Prefix + "/workspaces/{workspace}/runs/{run}/versions/{version}"
	tags := []string{"data"}
	register(a, need(access.DatasetsRead), huma.Operation{OperationID: "query-rows", Method: http.MethodPost, Path: one + "/rows",
		Summary: "A window of the rows of a version: filtered, sorted, masked where the caller may not see personal data", Tags: tags, DefaultStatus: http.StatusOK}, a.rows)
	register(a, need(access.DatasetsRead), huma.Operation{OperationID: "get-profile", Method: http.MethodGet, Path: one + "/profile",
		Summary: "What a column of a version holds", Tags: tags}, a.profile)
	register(a, need(access.DatasetsRead), huma.Operation{OperationID: "get-diff", Method: http.MethodGet, Path: one + "/diff",
		Summary: "In what a version differs from an earlier one", Tags: tags}, a.diff)
	register(a, need(access.DatasetsRead), huma.Operation{OperationID: "get-cell", Method: http.MethodGet, Path: Prefix + "/workspaces/{workspace}/runs/{run}/cell",
		Summary: "Everything that happened to a cell", Tags: tags}, a.cell)
	register(a, need(access.DatasetsDownload), huma.Operation{OperationID: "download-version", Method: http.MethodGet, Path: one + "/download",
		Summary: "A version as a file; takes Range", Tags: tags, Responses: binary("application/octet-stream")}, a.downloadVersion)
}

func (a *API) rows(ctx context.Context, in *struct {
	VersionPath
	Body RowsBody
},
) (*rowsOutput, error) {
	if _, _, err := a.state(ctx, in.RunPath); err != nil {
		return nil, err
	}
	m, err := a.masker(ctx, in.RunPath)
	if err != nil {
		return nil, err
	}
	b := &in.Body
	for _, f := range b.Filters {
		if err := m.lookup(f.Column); err != nil {
			return nil, err
		}
	}
	for _, o := range b.Order {
		if err := m.lookup(o.Column); err != nil {
			return nil, err
		}
	}
	p, err := a.App.Rows(ctx, in.Run, in.Version, query.Window{Columns: b.Columns, Filters: b.Filters, Order: b.Order, Offset: b.Offset, From: b.From,
		Limit: b.Limit, Count: b.Count})
	if err != nil {
		return nil, err
	}
	out := &rowsOutput{}
	out.Body.Page, out.Body.Masked = *p, m.page(p)
	return out, nil
}

type profileOutput struct{ Body query.Profile }

func (a *API) profile(ctx context.Context, in *struct {
	VersionPath
	Column string `query:"column" required:"true" minLength:"1" maxLength:"1000"`
	As     string `query:"as" enum:"boolean,integer,decimal,date,time,timestamp,text,json" doc:"Read it as this type in the place of its own, as a correction at reception would: unfit and unfit_values then tell what could not be read."`
	Top    int    `query:"top" minimum:"1" maximum:"200" default:"20" doc:"How many of the most frequent values."`
	Bins   int    `query:"bins" minimum:"1" maximum:"100" default:"30" doc:"Bars of the histogram."`
},
) (*profileOutput, error) {
	if _, _, err := a.state(ctx, in.RunPath); err != nil {
		return nil, err
	}
	m, err := a.masker(ctx, in.RunPath)
	if err != nil {
		return nil, err
	}
	p, err := a.App.Profile(ctx, in.Run, in.Version, query.Column{Column: in.Column, As: flow.Type(in.As), Top: in.Top, Bins: in.Bins})
	if err != nil {
		return nil, err
	}
	m.profile(p)
	return &profileOutput{*p}, nil
}

type diffOutput struct{ Body query.Difference }

func (a *API) diff(ctx context.Context, in *struct {
	VersionPath
	Before  string   `query:"before" required:"true" minLength:"1" maxLength:"64" doc:"Id of the earlier version."`
	Columns []string `query:"columns,explode" maxItems:"1000" doc:"None for all that both have."`
	After   int64    `query:"after" minimum:"0" doc:"The next of the page before."`
	Limit   int      `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"Rows at most; a page of large cells has fewer."`
},
) (*diffOutput, error) {
	if _, _, err := a.state(ctx, in.RunPath); err != nil {
		return nil, err
	}
	m, err := a.masker(ctx, in.RunPath)
	if err != nil {
		return nil, err
	}
	d, err := a.App.Diff(ctx, in.Run, in.Before, in.Version, query.Between{Columns: in.Columns, After: in.After, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	m.difference(d)
	return &diffOutput{*d}, nil
}

type cellOutput struct{ Body dataset.CellStory }

func (a *API) cell(ctx context.Context, in *struct {
	RunPath
	Row    int64  `query:"row" required:"true" minimum:"1" doc:"Counted in the file as received, from 1."`
	Column string `query:"column" required:"true" minLength:"1" maxLength:"1000"`
},
) (*cellOutput, error) {
	if _, _, err := a.state(ctx, in.RunPath); err != nil {
		return nil, err
	}
	m, err := a.masker(ctx, in.RunPath)
	if err != nil {
		return nil, err
	}
	s, err := a.App.CellStory(ctx, in.Run, in.Row, in.Column)
	if err != nil {
		return nil, err
	}
	m.story(s)
	return &cellOutput{*s}, nil
}

// downloadInput asks for a version as a file.
type downloadInput struct {
	VersionPath
	Format string `query:"format" enum:"csv,parquet,json,xlsx" default:"csv"`
	raw    raw
}

// Resolve implements huma.Resolver.
func (in *downloadInput) Resolve(ctx huma.Context) []error { in.raw.ctx = ctx; return nil }

func (a *API) downloadVersion(ctx context.Context, in *downloadInput) (*streamOutput, error) {
	if _, _, err := a.state(ctx, in.RunPath); err != nil {
		return nil, err
	}
	if err := a.unmaskedOnly(ctx, in.Workspace); err != nil {
		return nil, err
	}
	if !slices.Contains(outcome.Formats(), in.Format) {
		return nil, missing()
	}
	d, err := a.App.Download(ctx, in.Run, in.Version, in.Format)
	if err != nil {
		return nil, err
	}
	return send(in.raw, d, d.Size(), d.Name, d.ETag), nil //nolint:contextcheck // the request carries its context
}
