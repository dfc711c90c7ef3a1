package manifest_test

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

const root = "../.."

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// stages reads the Dockerfile as BuildKit does, with its own rules of style.
func stages(t *testing.T) ([]instructions.Stage, []instructions.ArgCommand) {
	t.Helper()
	parsed, err := parser.Parse(bytes.NewReader(read(t, root+"/deploy/container/Dockerfile")))
	if err != nil {
		t.Fatal(err)
	}
	lint := linter.New(&linter.Config{Warn: func(rule, _, _, message string, _ []parser.Range) { t.Errorf("%s: %s", rule, message) }})
	all, args, err := instructions.Parse(parsed.AST, lint)
	if err != nil {
		t.Fatal(err)
	}
	return all, args
}

func commands[T instructions.Command](s *instructions.Stage) (found []T) {
	for _, c := range s.Commands {
		if c, ok := c.(T); ok {
			found = append(found, c)
		}
	}
	return found
}

// The bases are named with a version, and a digest can take their place.
func TestTheBasesAreArgumentsWithAVersion(t *testing.T) {
	t.Parallel()
	all, args := stages(t)
	bases := map[string]string{}
	for _, a := range args {
		for _, kv := range a.Args {
			bases["${"+kv.Key+"}"] = *kv.Value
		}
	}
	pinned := regexp.MustCompile(`^[a-z0-9.]+(/[a-z0-9_-]+)+:[a-z0-9._-]+$`)
	for _, s := range all {
		base := bases[s.BaseName]
		if !pinned.MatchString(base) || strings.HasSuffix(base, ":latest") {
			t.Errorf("the base of %q is %q", s.Name, base)
		}
	}
}

// The compiler of the image is the one that go.mod asks for.
func TestTheImageIsBuiltWithTheGoOfTheModule(t *testing.T) {
	t.Parallel()
	_, version, _ := strings.Cut(string(read(t, root+"/go.mod")), "\ngo ")
	version, _, _ = strings.Cut(version, "\n")
	minor := version[:strings.LastIndexByte(version, '.')]
	if !strings.Contains(string(read(t, root+"/deploy/container/Dockerfile")), "/golang:"+minor+".") {
		t.Errorf("go.mod says %s", version)
	}
}

func TestTheFinalImageIsSmallAndWithoutRights(t *testing.T) {
	t.Parallel()
	all, _ := stages(t)
	last := &all[len(all)-1]
	users := commands[*instructions.UserCommand](last)
	if len(users) != 1 || users[0].User != "65532:65532" {
		t.Errorf("its user: %v", users)
	}
	if runs := commands[*instructions.RunCommand](last); len(runs) != 0 {
		t.Errorf("something is run in it, which needs a shell: %v", runs)
	}
	checks := commands[*instructions.HealthCheckCommand](last)
	if len(checks) != 1 || !slices.Equal(checks[0].Health.Test, []string{"CMD", "/usr/local/bin/analytix", "admin", "health"}) {
		t.Errorf("its probe: %v", checks)
	}
	entries := commands[*instructions.EntrypointCommand](last)
	if len(entries) != 1 || entries[0].PrependShell {
		t.Errorf("its entry: %v", entries)
	}
	for _, c := range commands[*instructions.CopyCommand](last) {
		if c.From == "" {
			t.Errorf("it takes %v from the folder of the source", c.SourcePaths)
		}
	}
	for _, s := range all {
		if adds := commands[*instructions.AddCommand](&s); len(adds) != 0 {
			t.Errorf("%s adds %v: what is fetched has a hash", s.Name, adds)
		}
	}
}

// Nothing that is secret, made here or of no use reaches the builder, and everything that is copied does.
func TestTheBuilderGetsWhatItNeeds(t *testing.T) {
	t.Parallel()
	patterns, err := ignorefile.ReadAll(bytes.NewReader(read(t, root+"/.dockerignore")))
	if err != nil {
		t.Fatal(err)
	}
	matcher, err := patternmatcher.New(patterns)
	if err != nil {
		t.Fatal(err)
	}
	for path, out := range map[string]bool{
		".git/config": true, "analytix-data/master.key": true, "bin/analytix": true, "deploy/compose/secrets/master_key": true, "web/node_modules/x/y.js": true,
		"web/dist/index.html": true, "internal/engine/extension/httpfs.duckdb_extension.gz": true, "internal/keys/keys_test.go": true, ".env": true,
		"go.mod": false, "go.sum": false, "cmd/analytix/main.go": false, "internal/tier/tiers.yaml": false, "internal/store/migration/1.sql": false,
		"web/src/main.tsx": false, "web/embed.go": false, "web/package-lock.json": false, "scripts/fetch-extension.sh": false, "internal/engine/extension/requirements.txt": false,
	} {
		if got, err := matcher.MatchesOrParentMatches(path); err != nil || got != out {
			t.Errorf("%s is left out: %v, %v", path, got, err)
		}
	}
}
