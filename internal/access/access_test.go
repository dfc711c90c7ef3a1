package access_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/access"
)

var update = flag.Bool("update", false, "rewrite docs/permissions.md")

func TestRolesGrowAndOperatorsSeeNoData(t *testing.T) {
	t.Parallel()
	for _, p := range access.Permissions() {
		scope, ok := p.Scope()
		if !ok || p.Says() == "" {
			t.Errorf("%s has no scope or says nothing", p)
		}
		roles := access.WorkspaceRoles()
		for i := 1; scope == access.InWorkspace && i < len(roles); i++ {
			if roles[i-1].Allows(p) && !roles[i].Allows(p) {
				t.Errorf("%s may %s and %s may not", roles[i-1], p, roles[i])
			}
		}
		if scope == access.InWorkspace && access.Operator.Allows(p) {
			t.Errorf("an operator may %s", p)
		}
		if scope == access.InInstance && (access.Viewer.Allows(p) || access.Analyst.Allows(p) || access.Steward.Allows(p)) {
			t.Errorf("a role of a workspace may %s", p)
		}
		if !access.Administrator.Allows(p) {
			t.Errorf("an administrator may not %s", p)
		}
	}
	if access.Role("").Allows(access.RunsRead) || access.Administrator.Allows("no.such") {
		t.Error("somebody without a role, or a permission that does not exist, is allowed")
	}
}

func TestDocumentShowsTheTable(t *testing.T) {
	t.Parallel()
	const file = "../../docs/permissions.md"
	if *update {
		if err := os.WriteFile(file, []byte(document()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil || string(got) != document() {
		t.Errorf("docs/permissions.md is not the table of table.go (%v): go test ./internal/access -update", err)
	}
}

func document() string {
	var b strings.Builder
	b.WriteString("# Permissions\n\nMade from `internal/access/table.go`; a test holds the two equal. Every operation of the API names its permission as\n" +
		"`x-permission` in `/api/v1/openapi.json`.\n\n")
	columns := append(access.WorkspaceRoles(), access.Operator)
	b.WriteString("| permission | held in | allows to |")
	for _, r := range columns {
		fmt.Fprintf(&b, " %s |", r)
	}
	b.WriteString("\n| --- | --- | --- |" + strings.Repeat(" --- |", len(columns)) + "\n")
	all := access.Permissions()
	slices.SortStableFunc(all, func(x, y access.Permission) int {
		a, _ := x.Scope()
		c, _ := y.Scope()
		return strings.Compare(string(c), string(a))
	})
	for _, p := range all {
		scope, _ := p.Scope()
		fmt.Fprintf(&b, "| `%s` | %s | %s |", p, scope, p.Says())
		for _, r := range columns {
			mark := ""
			if r.Allows(p) {
				mark = "yes"
			}
			fmt.Fprintf(&b, " %s |", mark)
		}
		b.WriteString("\n")
	}
	b.WriteString("\nAn administrator of the instance is an administrator of every workspace. An operator is a role of the instance alone.\n")
	return b.String()
}
