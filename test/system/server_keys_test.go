package system_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// The master key is rotated while the server runs: what was made before and after is read, in the same process and by one
// that starts anew with the new key alone.
func TestTheMasterKeyIsRotatedWhileTheServerRuns(t *testing.T) {
	t.Parallel()
	data := serverData(t)
	s := serve(t, data)
	ada := s.administrator(t)
	w := ada.workspace(t, "w", "professional")
	run := ada.start(t, w, "before.csv", small(40), nil)
	ada.await(t, w, run, waitsAt("reception"))
	old, err := os.ReadFile(filepath.Join(data, "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	if got := call(t, "admin", "keys", "rotate", "--data", data); got.code == 0 || !strings.Contains(got.errors, "system/keys/rotate") {
		t.Errorf("the folder of a server that runs was rotated: %+v", got)
	}
	var r struct {
		Datasets      int
		Made, Retired bool
	}
	ada.call(t, "POST", "/system/keys/rotate", nil).want(t, 200).into(t, &r)
	if r.Datasets != 1 || !r.Made || !r.Retired {
		t.Errorf("%+v", r)
	}
	var many sync.WaitGroup // of many at a time each is done whole, or not begun
	for range 16 {
		many.Go(func() {
			if got := ada.call(t, "POST", "/system/keys/rotate", nil); got.status != 200 && got.code() != "under_way" {
				t.Errorf("one rotation of many: %d %s", got.status, got.body)
			}
		})
	}
	many.Wait()
	if now, err := os.ReadFile(filepath.Join(data, "master.key")); err != nil || string(now) == string(old) {
		t.Errorf("the master key is the same (%v)", err)
	}
	base := "/workspaces/" + w
	tag := ada.call(t, "GET", base+"/runs/"+run+"/point", nil).want(t, 200).header.Get("ETag")
	ada.call(t, "POST", base+"/runs/"+run+"/point/close", nil, "If-Match", tag).want(t, 200)
	ada.await(t, w, run, waitsAt("quality"))
	after := ada.start(t, w, "after.csv", small(30), map[string]any{"stop_after": "reception", "decide": "recommended"})
	ada.await(t, w, after, isDone)
	s.stop()
	s = serve(t, data)
	ada = s.signIn(t, "ada@example.org")
	for id, want := range map[string]string{run: small(40), after: small(30)} {
		if got := ada.call(t, "GET", base+"/runs/"+id+"/original", nil).want(t, 200); string(got.body) != want {
			t.Errorf("run %s: its file is another one", id)
		}
	}
	if got := ada.call(t, "GET", "/system/audit?operation=rotate-keys", nil).want(t, 200); !strings.Contains(string(got.body), "datasets=1 made=true retired=true") {
		t.Errorf("the access log says %s", got.body)
	}
}
