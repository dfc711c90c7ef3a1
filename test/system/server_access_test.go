package system_test

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/access"
)

// operation is one call of the OpenAPI document.
type operation struct {
	id, method, path string
	permission       access.Permission
	public           bool
	schema           map[string]any // of the JSON body, with references resolved one level
	params           []parameter
}

type parameter struct {
	Name, In string
	Schema   map[string]any
}

// operations reads the OpenAPI document of a server.
func (s *service) operations(t *testing.T) []operation {
	t.Helper()
	var doc struct {
		Paths      map[string]map[string]json.RawMessage
		Components struct{ Schemas map[string]map[string]any }
	}
	s.nobody().call(t, "GET", "/openapi.json", nil).want(t, 200).into(t, &doc)
	var all []operation
	for path, item := range doc.Paths {
		for method, raw := range item {
			var o struct {
				OperationID string      `json:"operationId"`
				Permission  string      `json:"x-permission"`
				Public      bool        `json:"x-public"`
				Parameters  []parameter `json:"parameters"`
				RequestBody struct {
					Content map[string]struct{ Schema map[string]any }
				} `json:"requestBody"`
			}
			if err := json.Unmarshal(raw, &o); err != nil {
				t.Fatalf("%s %s: %v", method, path, err)
			}
			schema := o.RequestBody.Content["application/json"].Schema
			if ref, ok := schema["$ref"].(string); ok {
				schema = doc.Components.Schemas[ref[strings.LastIndexByte(ref, '/')+1:]]
			}
			all = append(all, operation{o.OperationID, strings.ToUpper(method), strings.TrimPrefix(path, "/api/v1"), access.Permission(o.Permission), o.Public,
				schema, o.Parameters})
		}
	}
	slices.SortFunc(all, func(a, b operation) int { return strings.Compare(a.id, b.id) })
	return all
}

// fill puts ids into the path: the workspace's, and for everything else ones that do not exist.
func (o *operation) fill(workspace string) string {
	path := strings.ReplaceAll(o.path, "{workspace}", workspace)
	for {
		i := strings.IndexByte(path, '{')
		if i < 0 {
			return path
		}
		path = path[:i] + "1" + path[strings.IndexByte(path, '}')+1:]
	}
}

// Every role calls every operation; the permission that the description names decides, and nothing else.
func TestEveryRoleOnEveryOperation(t *testing.T) {
	t.Parallel()
	s := serve(t, serverData(t))
	ada := s.administrator(t)
	workspace := ada.workspace(t, "first", "professional")
	who := map[string]*user{"stranger": ada.invite(t, "stranger", ""), "operator": ada.invite(t, "operator", "operator")}
	for _, r := range access.WorkspaceRoles() {
		who[string(r)] = ada.invite(t, string(r), "")
		ada.join(t, workspace, who[string(r)], string(r))
	}
	all := s.operations(t)
	if len(all) < 60 {
		t.Fatalf("only %d operations are described", len(all))
	}
	for _, o := range all {
		scope, known := o.permission.Scope()
		if o.public == known {
			t.Errorf("%s has no rule, or two: permission %q, public %v", o.id, o.permission, o.public)
			continue
		}
		if o.public {
			continue
		}
		if got := s.nobody().try(t, &o, workspace); got.status != http.StatusUnauthorized {
			t.Errorf("%s without a token: %d", o.id, got.status)
		}
		for _, name := range slices.Sorted(maps.Keys(who)) {
			got := who[name].try(t, &o, workspace)
			refused := got.status == http.StatusForbidden && (got.code() == "forbidden" || o.method == http.MethodHead) // whose answer has no body
			switch {
			case scope == access.OwnAccount && refused, scope == access.InInstance && refused == access.Role(name).Allows(o.permission) && name == "operator",
				scope == access.InInstance && !refused && name != "operator":
				t.Errorf("%s as %s: %d %s", o.id, name, got.status, got.body)
			case scope == access.InWorkspace && (name == "stranger" || name == "operator"):
				if got.status != http.StatusNotFound || got.code() != "not_found" && o.method != http.MethodHead {
					t.Errorf("%s as %s, who is not in the workspace: %d %s", o.id, name, got.status, got.body)
				}
			case scope == access.InWorkspace && refused == access.Role(name).Allows(o.permission):
				t.Errorf("%s as %s: %d %s", o.id, name, got.status, got.body)
			case got.status >= 500:
				t.Errorf("%s as %s: %d %s", o.id, name, got.status, got.body)
			}
		}
	}
}

// try calls an operation with a body that says nothing.
func (u *user) try(t *testing.T, o *operation, workspace string) reply {
	t.Helper()
	var body any
	if o.method != http.MethodGet && o.method != http.MethodDelete && o.method != http.MethodHead {
		body = "{}"
	}
	req := u.request(t, o.method, o.fill(workspace), body)
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	return send(t, req.WithContext(ctx))
}

// Ids of another workspace are answered like ids that do not exist, to the byte but for the request's own id.
func TestNothingOfAnotherWorkspaceShows(t *testing.T) {
	t.Parallel()
	s := serve(t, serverData(t))
	ada := s.administrator(t)
	ours, theirs := ada.workspace(t, "ours", "professional"), ada.workspace(t, "theirs", "professional")
	eve := ada.invite(t, "eve", "")
	ada.join(t, theirs, eve, "administrator")
	run := ada.start(t, ours, "orders.csv", small(40), map[string]any{"decide": "recommended", "stop_after": "quality"})
	ada.await(t, ours, run, isDone)
	var recipe struct{ ID string }
	ada.call(t, "POST", "/workspaces/"+ours+"/policies", map[string]any{"name": "p", "text": "version: 1\npolicies: []\n"}).into(t, &recipe)
	same := func(a, b reply) bool {
		return a.status == b.status && cut(a.body) == cut(b.body)
	}
	for _, path := range []string{"/runs/%", "/runs/%/point", "/runs/%/issues", "/runs/%/decisions", "/runs/%/results/findings.json", "/runs/%/results/audit.jsonl",
		"/runs/%/events", "/runs/%/versions", "/runs/%/original"} {
		there := eve.call(t, "GET", "/workspaces/"+theirs+strings.ReplaceAll(path, "%", run), nil)
		none := eve.call(t, "GET", "/workspaces/"+theirs+strings.ReplaceAll(path, "%", "20261124-000000-aaaaaaaa"), nil)
		if !same(there, none) || there.status != http.StatusNotFound {
			t.Errorf("%s shows that there is a run: %d %s, %d %s", path, there.status, there.body, none.status, none.body)
		}
	}
	there, none := eve.call(t, "GET", "/workspaces/"+ours, nil), eve.call(t, "GET", "/workspaces/ws_aaaaaaaaaaaaaaaaaaaa", nil)
	if !same(there, none) || there.status != http.StatusNotFound {
		t.Errorf("a workspace shows: %s, %s", there.body, none.body)
	}
	if got := eve.call(t, "GET", "/workspaces/"+theirs+"/policies/"+recipe.ID, nil); got.status != http.StatusNotFound {
		t.Errorf("a recipe of another workspace: %d", got.status)
	}
}

// cut takes the request's id out of a problem.
func cut(body []byte) string {
	var p map[string]any
	if json.Unmarshal(body, &p) != nil {
		return string(body)
	}
	delete(p, "request")
	text, _ := json.Marshal(p)
	return string(text)
}
