package httpapi

import (
	"cmp"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// documents serves the description of the API for people to browse; that for programs is huma's.
func (a *API) documents() {
	page := a.documentPage()
	a.mux.HandleFunc("GET "+Prefix+"/docs", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(page)) // a client that is gone needs no answer
	})
}

type documentedOperation struct {
	ID, Method, Path, Summary, Description, Permission string
	Public                                             bool
	Params                                             []*huma.Param
	Body                                               []documentedField
	Answers                                            []string
}

type documentedField struct {
	Name, Type, Doc string
	Required        bool
}

type documentedTag struct {
	Name       string
	Operations []documentedOperation
}

// documentPage is the description as one page without scripts.
func (a *API) documentPage() string {
	byTag := map[string][]documentedOperation{}
	for path, item := range a.OpenAPI().Paths {
		for method, op := range operationsOf(item) {
			d := documentedOperation{ID: op.OperationID, Method: method, Path: path, Summary: op.Summary, Description: op.Description, Params: op.Parameters}
			d.Permission, _ = op.Extensions[extPermission].(string)
			d.Public, _ = op.Extensions[extPublic].(bool)
			d.Body = a.bodyFields(op)
			for code := range op.Responses {
				d.Answers = append(d.Answers, code)
			}
			slices.Sort(d.Answers)
			tag := "other"
			if len(op.Tags) > 0 {
				tag = op.Tags[0]
			}
			byTag[tag] = append(byTag[tag], d)
		}
	}
	var tags []documentedTag
	for name, ops := range byTag {
		slices.SortFunc(ops, func(x, y documentedOperation) int {
			return cmp.Or(cmp.Compare(x.Path, y.Path), cmp.Compare(x.Method, y.Method))
		})
		tags = append(tags, documentedTag{name, ops})
	}
	slices.SortFunc(tags, func(x, y documentedTag) int { return cmp.Compare(x.Name, y.Name) })
	var b strings.Builder
	if err := documentTemplate.Execute(&b, tags); err != nil {
		return "The description cannot be shown; it stands at " + Prefix + "/openapi.json"
	}
	return b.String()
}

func operationsOf(item *huma.PathItem) map[string]*huma.Operation {
	all := map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "PATCH": item.Patch, "DELETE": item.Delete, "HEAD": item.Head,
		"OPTIONS": item.Options}
	for method, op := range all {
		if op == nil {
			delete(all, method)
		}
	}
	return all
}

func (a *API) bodyFields(op *huma.Operation) []documentedField {
	if op.RequestBody == nil || op.RequestBody.Content["application/json"] == nil {
		return nil
	}
	s := op.RequestBody.Content["application/json"].Schema
	if s != nil && s.Ref != "" {
		s = a.OpenAPI().Components.Schemas.SchemaFromRef(s.Ref)
	}
	if s == nil {
		return nil
	}
	var fields []documentedField
	for name, p := range s.Properties {
		kind := p.Type
		if kind == "" && p.Ref != "" {
			kind = p.Ref[strings.LastIndexByte(p.Ref, '/')+1:]
		}
		fields = append(fields, documentedField{name, kind, p.Description, slices.Contains(s.Required, name)})
	}
	slices.SortFunc(fields, func(x, y documentedField) int { return cmp.Compare(x.Name, y.Name) })
	return fields
}

var documentTemplate = template.Must(template.New("docs").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Analytix Flow: API</title><style>
body{font:15px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#1a1f2b;background:#fff}
h2{margin-top:2.5rem;text-transform:capitalize}details{border:1px solid #d5dae3;border-radius:6px;margin:.4rem 0;padding:.4rem .8rem}
summary{cursor:pointer}code{font:13px ui-monospace,monospace;overflow-wrap:anywhere}b.m{display:inline-block;width:4.5rem;color:#0b5cad}
small{color:#586174}table{border-collapse:collapse;width:100%;margin:.5rem 0}td{border-top:1px solid #e6e9ef;padding:.2rem .5rem .2rem 0;vertical-align:top}
@media(prefers-color-scheme:dark){body{background:#12151c;color:#e4e8f0}details{border-color:#333a48}td{border-color:#262c38}b.m{color:#7db8f5}small{color:#9aa4b8}}
</style></head><body><h1>Analytix Flow: API</h1>
<p>For programs: <a href="/api/v1/openapi.json">openapi.json</a>, <a href="/api/v1/openapi.yaml">openapi.yaml</a> (OpenAPI 3.1).
Errors are problem documents (RFC 9457) with <code>code</code>, <code>kept</code> and <code>next</code>.</p>
{{range .}}<h2 id="{{.Name}}">{{.Name}}</h2>{{range .Operations}}
<details id="{{.ID}}"><summary><b class="m">{{.Method}}</b> <code>{{.Path}}</code><br><small>{{.Summary}}</small></summary>
{{with .Description}}<p>{{.}}</p>{{end}}
<p>{{if .Public}}Anybody may call it.{{else}}Needs <code>{{.Permission}}</code>.{{end}} Operation <code>{{.ID}}</code>; answers {{range .Answers}}<code>{{.}}</code> {{end}}</p>
<table>{{range .Params}}<tr><td><code>{{.Name}}</code></td><td>{{.In}}{{if .Required}}, required{{end}}</td><td>{{.Description}}</td></tr>{{end}}
{{range .Body}}<tr><td><code>{{.Name}}</code></td><td>body, {{.Type}}{{if .Required}}, required{{end}}</td><td>{{.Doc}}</td></tr>{{end}}</table>
</details>{{end}}{{end}}</body></html>`))
