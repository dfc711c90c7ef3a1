package architecture_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/analytix-flow/analytix/"

// floors is the table of docs/architecture.md: a package imports only packages of lower floors.
var floors = map[string]int{
	"internal/flow":      0,
	"internal/admission": 1, "internal/scaling": 1, "internal/machine": 1,
	"internal/audit": 1, "internal/delimited": 1, "internal/semantic": 1, "internal/similarity": 1, "internal/statistic": 1,
	"internal/sample": 1, "internal/outcome/chart": 1, "internal/access": 1, "internal/identifier": 1, "internal/durable": 1, "internal/phrase": 1, "internal/certificate": 3,
	"internal/tier": 1, "internal/outbound": 0, "internal/condition": 1, "internal/usage": 4, "internal/accesslog": 4, "internal/webhook": 5, "internal/discussion": 5, "internal/mail": 1,
	"internal/auth/breached": 1, "internal/auth": 4,
	"internal/dependency":       2,
	"internal/engine/extension": 1, "internal/engine": 2, "internal/keys": 2, "internal/broker": 2, "internal/store": 2,
	"internal/stage": 3, "internal/operation": 3, "internal/archive": 3,
	"internal/stage/reception": 4, "internal/stage/quality": 4, "internal/stage/insight": 4, "internal/stage/recommendation": 4,
	"internal/dataset": 4, "internal/process": 4, "internal/recipe": 4, "internal/task": 4,
	"internal/control": 5, "internal/outcome": 5, "internal/terminal": 5, "internal/upload": 5, "internal/query": 5,
	"internal/app": 6, "internal/telemetry": 7, "internal/httpapi": 7, "internal/server": 8, "internal/cli": 9, "cmd/analytix": 10,
	"internal/masking": 1, "internal/object": 1, "internal/trace": 1, "web": 1,
	"client": 0, "client/example": 1,
}

// only lists the packages that may import a library; nobody else does.
var only = map[string][]string{
	"github.com/duckdb/":                {"internal/engine"},
	"github.com/nats-io/":               {"internal/broker"},
	"github.com/riverqueue/":            {"internal/task"},
	"github.com/tink-crypto/":           {"internal/keys"},
	"github.com/hashicorp/vault":        {"internal/keys"},
	"github.com/sony/gobreaker":         {"internal/outbound"},
	"github.com/minio/sio":              {"internal/dataset", "internal/archive"},
	"github.com/minio/minio-go":         {"internal/object"},
	"github.com/charmbracelet/":         {"internal/terminal"},
	"github.com/ncruces/go-sqlite3":     {"internal/store"},
	"github.com/jackc/pgx":              {"internal/store", "internal/task"},
	"github.com/spf13/cobra":            {"internal/cli"},
	"github.com/danielgtaylor/huma":     {"internal/httpapi"},
	"github.com/prometheus/":            {"internal/telemetry"},
	"github.com/tus/":                   {"internal/upload"},
	"golang.org/x/crypto/acme":          {"internal/certificate"},
	"github.com/xuri/excelize":          {"internal/outcome"},
	"github.com/go-jose/":               {"internal/auth"},
	"github.com/coreos/go-oidc":         {"internal/auth"},
	"golang.org/x/oauth2":               {"internal/auth"},
	"golang.org/x/crypto/argon2":        {"internal/auth"},
	"github.com/trustelem/zxcvbn":       {"internal/auth"},
	"github.com/wneessen/go-mail":       {"internal/mail"},
	"github.com/emersion/":              {}, // tests only
	"go.opentelemetry.io/":              {"internal/trace"},
	"github.com/santhosh-tekuri/jsonsc": {}, // tests only
}

type pkg struct {
	ImportPath string
	Name       string
	Doc        string
	Imports    []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Name,Doc,Imports", module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestImportsGoDownward(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		if testOnly(name) {
			continue
		}
		floor, ok := floors[name]
		if !ok && name != "internal/architecture" {
			t.Errorf("%s is on no floor: add it here and to docs/architecture.md", name)
		}
		for _, imp := range p.Imports {
			dep, ours := strings.CutPrefix(imp, module)
			if below, known := floors[dep]; ours && known && below >= floor {
				t.Errorf("%s (floor %d) imports %s (floor %d)", name, floor, dep, below)
			}
			if ours && testOnly(dep) {
				t.Errorf("%s imports the test package %s", name, dep)
			}
		}
	}
}

func TestEachLibraryHasOneOwner(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		for _, imp := range p.Imports {
			for lib, owners := range only {
				if strings.HasPrefix(imp, lib) && !owned(name, owners) && !testOnly(name) {
					t.Errorf("%s imports %s, which belongs to %v", name, imp, owners)
				}
			}
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if p.Doc == "" {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
		switch p.Name {
		case "util", "utils", "common", "helpers", "models", "misc":
			t.Errorf("%s: the name says nothing", p.ImportPath)
		}
	}
}

func owned(name string, owners []string) bool {
	for _, o := range owners {
		if name == o || strings.HasPrefix(name, o+"/") {
			return true
		}
	}
	return false
}

// testOnly says whether a package is there for tests alone, by its name.
func testOnly(name string) bool {
	return strings.HasSuffix(name, "test") || name == "test" || strings.HasPrefix(name, "test/")
}
