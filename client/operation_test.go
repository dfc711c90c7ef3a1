package client

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"go/format"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite operations.go")

// Every operation that the server describes can be called: operations.go is made of the description, which another test
// holds equal to what is served.
func TestEveryOperationCanBeCalled(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../web/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]struct {
			ID      string `json:"operationId"`
			Summary string `json:"summary"`
			Public  bool   `json:"x-public"`
			Stream  bool   `json:"x-stream"`
			Secret  bool   `json:"x-secret"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	type op struct {
		method, path, summary string
		repeat                bool
	}
	all := map[string]op{}
	for path, item := range doc.Paths {
		for method, o := range item {
			all[o.ID] = op{strings.ToUpper(method), path, o.Summary, method != "post" || !o.Public && !o.Stream && !o.Secret}
		}
	}
	var b bytes.Buffer
	b.WriteString("// Code generated from web/openapi.json by go test ./client -update. DO NOT EDIT.\n\npackage client\n\n" +
		"// Operation is the id of an operation, as the server's description has it.\ntype Operation string\n\n// The operations.\nconst (\n")
	ids := slices.Sorted(maps.Keys(all))
	for _, id := range ids {
		fmt.Fprintf(&b, "\t// Op%s: %s.\n\tOp%s Operation = %q\n", camel(id), all[id].summary, camel(id), id)
	}
	b.WriteString(")\n\n// endpoint is how an operation is called; repeat says whether it may be sent again.\ntype endpoint struct {\n\tmethod, path string\n\trepeat bool\n}\n\nvar operations = map[Operation]endpoint{\n")
	for _, id := range ids {
		fmt.Fprintf(&b, "\tOp%s: {%q, %q, %t},\n", camel(id), all[id].method, all[id].path, all[id].repeat)
	}
	b.WriteString("}\n")
	want, err := format.Source(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("operations.go", want, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile("operations.go"); err != nil || !bytes.Equal(got, want) {
		t.Errorf("operations.go is not what the description says (%v): run go test ./client -run TestEveryOperation -update", err)
	}
}

func camel(id string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(id, "-") {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String()
}
