package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/sample"
)

// Sample is a table for whoever has none at hand.
type Sample struct {
	Name  string `json:"name" doc:"Stands in the address of the file."`
	File  string `json:"file" doc:"Name of the file."`
	Title string `json:"title"`
	About string `json:"about" doc:"What it holds and what is wrong with it."`
	Goal  string `json:"goal" doc:"A goal that it has something to say about."`
}

type samplesOutput struct {
	Body struct {
		Samples []Sample `json:"samples"`
	}
}

// samples are sent like any other file: whoever tries one walks the whole way.
func (a *API) samples() {
	all := Prefix + "/workspaces/{workspace}/samples"
	register(a, need(access.DatasetsUpload), huma.Operation{OperationID: "list-samples", Method: http.MethodGet, Path: all,
		Summary: "Tables with planted problems and patterns, to try", Tags: []string{"uploads"}},
		func(context.Context, *WorkspacePath) (*samplesOutput, error) {
			out := &samplesOutput{}
			for _, s := range sample.All() {
				out.Body.Samples = append(out.Body.Samples, Sample{s.Name, s.File, s.Title, s.About, s.Goal})
			}
			return out, nil
		})
	register(a, need(access.DatasetsUpload), huma.Operation{OperationID: "get-sample", Method: http.MethodGet, Path: all + "/{name}",
		Summary: "The file of a sample, to be uploaded as any other", Tags: []string{"uploads"},
		Responses: map[string]*huma.Response{"200": {Description: "The file.", Content: map[string]*huma.MediaType{
			"text/csv": {Schema: &huma.Schema{Type: "string", Format: "binary"}},
		}}}},
		func(_ context.Context, in *struct {
			WorkspacePath
			Name string `path:"name" maxLength:"64" doc:"Name of the sample."`
		},
		) (*fileOutput, error) {
			s, ok := sample.Named(in.Name)
			if !ok {
				return nil, missing()
			}
			data, _, err := s.Make()
			return &fileOutput{Type: "text/csv", Disposition: `attachment; filename="` + s.File + `"`, Body: data}, err
		})
}
