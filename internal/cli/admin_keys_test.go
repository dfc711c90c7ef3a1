package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/analytix-flow/analytix/internal/accesslog"
	"github.com/analytix-flow/analytix/internal/server"
)

// The keys of a server's own records are wrapped anew too: with the old master key gone, it still opens. What is done on the
// command line stands in the server's access log.
func TestTheMasterKeyOfAServerIsRotatedOnItsFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	call := func(args ...string) (int, string) {
		var out, errs bytes.Buffer
		code := Main(args, strings.NewReader(""), &out, &errs)
		return code, out.String() + errs.String()
	}
	must := func(want string, args ...string) {
		t.Helper()
		if code, text := call(args...); code != exitDone || !strings.Contains(text, want) {
			t.Fatalf("%v: %d %s", args, code, text)
		}
	}
	must("/link#", "admin", "users", "create", "ada@example.org", "--data", dir)
	before, err := os.ReadFile(filepath.Join(dir, "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	must("0 runs and 0 datasets of a server", "admin", "keys", "rotate", "--data", dir)
	must("ada@example.org", "admin", "users", "list", "--data", dir)
	must("access log: entries 1 to", "verify", dir)
	cfg := server.Default()
	cfg.Data = dir
	a, err := lookAtServer(t.Context(), &cfg)
	if err != nil {
		t.Fatal(err)
	}
	log, err := accesslog.Look(t.Context(), accesslog.Config{Store: a.Records(), Ring: a.Ring(), Anchor: filepath.Join(dir, server.AnchorFile)})
	if err != nil {
		t.Fatal(err)
	}
	for _, done := range []string{"account.created", "account.link_made", "keys.rotated"} {
		page, err := log.Search(t.Context(), accesslog.Query{Operation: done})
		if err != nil || len(page.Entries) != 1 || page.Entries[0].Account != "operator" || page.Entries[0].Agent != agent {
			t.Errorf("%s in the access log: %+v, %v", done, page.Entries, err)
		}
	}
	if err := a.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(filepath.Join(dir, "master.key"))
	if err != nil || bytes.Equal(before, after) {
		t.Errorf("the master key is the same (%v)", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "master.key"), before, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _ := call("admin", "users", "list", "--data", dir); code == exitDone {
		t.Error("the old master key still opens the records")
	}
}
