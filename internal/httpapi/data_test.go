package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/accesslog"
	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/auth"
	"github.com/analytix-flow/analytix/internal/httpapi"
	"github.com/analytix-flow/analytix/internal/keys"
	"github.com/analytix-flow/analytix/internal/store"
)

// plant is a server with real accounts, a real instance and real stages.
type plant struct {
	t      *testing.T
	app    *app.App
	url    string
	tokens map[access.Role]string // of an account of each role in the workspace, and Operator for somebody in no workspace
	ws     string
	demo   string // a workspace of the demo tier, of the same people
}

func openPlant(t *testing.T) *plant {
	t.Helper()
	home := filepath.Join(t.TempDir(), "home")
	master, err := keys.Load(home + ".key")
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s := &plant{t: t, tokens: map[access.Role]string{}}
	s.app, err = app.Open(t.Context(), app.Options{Home: home, Keys: master, Managers: allManagers(), Threads: 1,
		Command: []string{"/usr/bin/env", part + "=child", self}, ExtensionDir: filepath.Join(os.TempDir(), "analytix-test-extension")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.app.Close(context.WithoutCancel(t.Context())) })
	accounts, err := auth.New(t.Context(), auth.Config{Issuer: "http://test", Hashing: auth.Hashing{MemoryKiB: 64, Passes: 1, AtOnce: 4}},
		auth.Parts{Records: s.app.Records(), Keys: s.app.Ring(), Workspaces: s.app.Roles()})
	if err != nil {
		t.Fatal(err)
	}
	s.people(accounts)
	log, err := accesslog.Open(t.Context(), accesslog.Config{Store: s.app.Records(), Ring: s.app.Ring()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close(context.WithoutCancel(t.Context())) })
	srv := httptest.NewServer(httpapi.New(httpapi.Config{App: s.app, Auth: accounts, Access: log}))
	t.Cleanup(srv.Close)
	s.url = srv.URL
	return s
}

// peoplesPassword is everybody's.
const peoplesPassword = "correct lamp ferry orchid"

func (s *plant) people(accounts *auth.Service) {
	s.t.Helper()
	ctx, here := s.t.Context(), auth.Client{Address: netip.MustParseAddr("127.0.0.1")}
	fail := func(err error) {
		s.t.Helper()
		if err != nil {
			s.t.Fatal(err)
		}
	}
	for _, w := range []struct {
		id   *string
		tier string
	}{{&s.ws, "professional"}, {&s.demo, "demo"}} {
		made, err := s.app.CreateWorkspace(ctx, w.tier, w.tier, "")
		fail(err)
		*w.id = made.ID
	}
	for _, role := range append(access.WorkspaceRoles(), access.Operator) {
		email := string(role) + "@example.org"
		account, link, err := accounts.Create(ctx, auth.By{}, auth.NewAccount{Name: string(role), Email: email})
		fail(err)
		_, err = accounts.Accept(ctx, link.Token, peoplesPassword, here)
		fail(err)
		if role.ValidInWorkspace() {
			for _, ws := range []string{s.ws, s.demo} {
				fail(s.app.PutMember(ctx, store.Member{Workspace: ws, Account: account.ID, Role: string(role)}))
			}
		}
		accounts.Changed(account.ID)
		tokens, err := accounts.SignIn(ctx, email, peoplesPassword, "", here)
		fail(err)
		s.tokens[role] = tokens.Access.Reveal()
	}
}

type dataReply struct {
	status int
	header http.Header
	body   []byte
}

func (a *dataReply) json(t *testing.T) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("%s: %v", a.body, err)
	}
	return v
}

func (s *plant) do(role access.Role, method, path string, body any, headers ...string) *dataReply {
	s.t.Helper()
	var r io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		r = strings.NewReader(b)
	case io.Reader:
		r = b
	default:
		text, err := json.Marshal(b)
		if err != nil {
			s.t.Fatal(err)
		}
		r = bytes.NewReader(text)
		headers = append([]string{"Content-Type", "application/json"}, headers...)
	}
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+httpapi.Prefix+path, r)
	if err != nil {
		s.t.Fatal(err)
	}
	if token := s.tokens[role]; token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	_ = resp.Body.Close()
	return &dataReply{resp.StatusCode, resp.Header, text}
}

// want fails where the dataReply has another status.
func (s *plant) want(status int, a *dataReply) *dataReply {
	s.t.Helper()
	if a.status != status {
		s.t.Fatalf("%d in the place of %d: %s", a.status, status, a.body)
	}
	return a
}

func (s *plant) in(path string) string { return "/workspaces/" + s.ws + path }

// people is a file with personal data in it.
func people() string {
	var b strings.Builder
	b.WriteString("id,email,first_name,city,amount\n")
	first := []string{"Jane", "Peter", "Wendy", "Oscar", "Maria", "Bruno"}
	city := []string{"Leiden", "Utrecht", "Delft"}
	for i := range 120 {
		fmt.Fprintf(&b, "%d,%s.%d@example.org,%s,%s%s,%d\n", i+1, strings.ToLower(first[i%6]), i, first[i%6], city[i%3], strings.Repeat(" ", i%20/19), 10+i%17)
	}
	return b.String()
}

// uploaded sends the file in two pieces and returns the dataset.
func (s *plant) uploaded(text string) string {
	s.t.Helper()
	made := s.want(http.StatusCreated, s.do(access.Analyst, http.MethodPost, s.in("/uploads"), nil, "Tus-Resumable", "1.0.0", "Upload-Length", fmt.Sprint(len(text)),
		"Upload-Metadata", "filename cGVvcGxlLmNzdg==")) // people.csv
	at := strings.TrimPrefix(made.header.Get("Location"), httpapi.Prefix)
	for offset := 0; offset < len(text); {
		end := min(offset+len(text)/2+1, len(text))
		s.want(http.StatusNoContent, s.do(access.Analyst, http.MethodPatch, at, text[offset:end], "Tus-Resumable", "1.0.0", "Upload-Offset", fmt.Sprint(offset),
			"Content-Type", "application/offset+octet-stream"))
		head := s.want(http.StatusOK, s.do(access.Analyst, http.MethodHead, at, nil, "Tus-Resumable", "1.0.0"))
		if head.header.Get("Upload-Offset") != fmt.Sprint(end) {
			s.t.Fatalf("%v", head.header)
		}
		offset = end
	}
	return at[strings.LastIndexByte(at, '/')+1:]
}

// run starts a run that decides by itself, and waits for its end.
func (s *plant) run(dataset string) string {
	s.t.Helper()
	id, _ := s.want(http.StatusCreated, s.do(access.Analyst, http.MethodPost, s.in("/runs"), map[string]any{"dataset": dataset, "decide": "recommended",
		"goal": "raise amount"})).json(s.t)["id"].(string)
	ctx, cancel := context.WithTimeout(s.t.Context(), 3*time.Minute)
	defer cancel()
	updates, err := s.app.Watch(ctx, id)
	if err != nil {
		s.t.Fatal(err)
	}
	for u := range updates {
		if u.Status == "done" || u.Status == "failed" {
			break
		}
	}
	if r := s.do(access.Viewer, http.MethodGet, s.in("/runs/"+id), nil); r.json(s.t)["status"] != "done" {
		s.t.Fatalf("%s", r.body)
	}
	return id
}

// The samples that are listed are the files that are given, to those who may send one.
func TestSamplesAreGivenToThoseWhoMayUpload(t *testing.T) {
	s := openPlant(t)
	all, _ := s.want(http.StatusOK, s.do(access.Analyst, http.MethodGet, s.in("/samples"), nil)).json(t)["samples"].([]any)
	if len(all) < 2 {
		t.Fatalf("samples: %v", all)
	}
	for _, one := range all {
		of, _ := one.(map[string]any)
		path := s.in(fmt.Sprint("/samples/", of["name"]))
		a := s.want(http.StatusOK, s.do(access.Analyst, http.MethodGet, path, nil))
		if bytes.Count(a.body, []byte("\n")) < 500 || !strings.Contains(a.header.Get("Content-Disposition"), fmt.Sprint(of["file"])) || of["goal"] == "" {
			t.Errorf("%v: %d bytes, %v", of, len(a.body), a.header)
		}
		s.want(http.StatusForbidden, s.do(access.Viewer, http.MethodGet, path, nil))
	}
	s.want(http.StatusNotFound, s.do(access.Analyst, http.MethodGet, s.in("/samples/none"), nil))
}

func TestFromAnUploadToErasureOverHTTP(t *testing.T) {
	s := openPlant(t)
	text := people()
	dataset := s.uploaded(text)
	run := s.run(dataset)
	t.Run("WindowsAreMaskedForViewers", func(t *testing.T) { s.windows(t, run) })
	t.Run("FindingsAreMaskedForViewers", func(t *testing.T) { s.findings(t, run) })
	t.Run("Downloads", func(t *testing.T) { s.downloads(t, dataset, run, text) })
	t.Run("NothingIsThereForOthers", func(t *testing.T) { s.others(t, dataset, run) })
	t.Run("PeopleTalkAboutIt", func(t *testing.T) { s.talk(t, run) })
	t.Run("Erasure", func(t *testing.T) { s.erasure(t, dataset, run) })
}

func (s *plant) windows(t *testing.T, run string) {
	s.t = t
	rows := s.in("/runs/" + run + "/versions/latest/rows")
	ask := map[string]any{"limit": 3, "order": []any{map[string]any{"column": "amount", "descending": true}}, "count": true}
	plain := s.want(200, s.do(access.Analyst, http.MethodPost, rows, ask))
	hidden := s.want(200, s.do(access.Viewer, http.MethodPost, rows, ask))
	if !strings.Contains(string(plain.body), "@example.org") || strings.Contains(string(plain.body), "***") || plain.json(t)["total"] != 120.0 {
		t.Errorf("an analyst sees %s", plain.body)
	}
	if !strings.Contains(string(hidden.body), "***@example.org") || strings.Contains(string(hidden.body), "peter.") || strings.Contains(string(hidden.body), "Peter") {
		t.Errorf("a viewer sees %s", hidden.body)
	}
	for _, b := range []map[string]any{
		{"filters": []any{map[string]any{"column": "email", "operator": "starts", "value": "j"}}}, {"order": []any{map[string]any{"column": "first_name"}}},
	} {
		s.want(http.StatusForbidden, s.do(access.Viewer, http.MethodPost, rows, b))
		s.want(http.StatusOK, s.do(access.Analyst, http.MethodPost, rows, b))
	}
	s.want(http.StatusUnprocessableEntity, s.do(access.Analyst, http.MethodPost, rows, map[string]any{"columns": []string{"none"}}))
	one := s.in("/runs/" + run + "/versions/latest")
	if p := s.want(200, s.do(access.Viewer, http.MethodGet, one+"/profile?column=first_name", nil)); strings.Contains(string(p.body), "Jane") {
		t.Errorf("a profile: %s", p.body)
	}
	if p := s.want(200, s.do(access.Analyst, http.MethodGet, one+"/profile?column=amount", nil)); p.json(t)["low"] != 10.0 {
		t.Errorf("a profile: %s", p.body)
	}
	if p := s.want(200, s.do(access.Viewer, http.MethodGet, one+"/profile?column=first_name&as=integer", nil)); p.json(t)["unfit"] == 0.0 || strings.Contains(string(p.body), "Jane") {
		t.Errorf("a profile as another type: %s", p.body)
	}
	if p := s.want(http.StatusUnprocessableEntity, s.do(access.Viewer, http.MethodGet, one+"/profile?column=amount&as=number", nil)); !strings.Contains(string(p.body), "integer") {
		t.Errorf("a type that there is not: %s", p.body)
	}
	versions, _ := s.want(200, s.do(access.Viewer, http.MethodGet, s.in("/runs/"+run+"/versions"), nil)).json(t)["versions"].([]any)
	if len(versions) < 3 {
		t.Fatalf("%d versions", len(versions))
	}
	parsed, _ := versions[1].(map[string]any)
	d := s.want(200, s.do(access.Analyst, http.MethodGet, one+"/diff?before="+fmt.Sprint(parsed["id"]), nil))
	if changed, _ := d.json(t)["rows"].([]any); len(changed) == 0 {
		t.Errorf("the blanks behind cities were not trimmed: %s", d.body)
	}
	c := s.want(200, s.do(access.Analyst, http.MethodGet, s.in("/runs/"+run+"/cell?row=20&column=city"), nil))
	if !strings.Contains(string(c.body), `"received":"Utrecht "`) || !strings.Contains(string(c.body), `"now":"Utrecht"`) {
		t.Errorf("the story of a cell: %s", c.body)
	}
	if c := s.want(200, s.do(access.Viewer, http.MethodGet, s.in("/runs/"+run+"/cell?row=1&column=email"), nil)); !strings.Contains(string(c.body), `"j***@example.org"`) {
		t.Errorf("a viewer sees %s", c.body)
	}
	s.want(http.StatusNotFound, s.do(access.Analyst, http.MethodGet, s.in("/runs/"+run+"/cell?row=9999&column=city"), nil))
}

func (s *plant) findings(t *testing.T, run string) {
	s.t = t
	for _, path := range []string{"reception", "issues", "insights", "recommendations", "decisions"} {
		at := s.in("/runs/" + run + "/" + path)
		plain, hidden := s.want(200, s.do(access.Analyst, http.MethodGet, at, nil)), s.want(200, s.do(access.Viewer, http.MethodGet, at, nil))
		for _, secret := range []string{"Jane", "Peter", "Wendy", "jane.", "wendy."} {
			if strings.Contains(string(hidden.body), secret) {
				t.Errorf("%s shows a viewer %q: %s", path, secret, hidden.body)
			}
		}
		if path == "decisions" {
			s.titled(plain.json(t)["decisions"], run)
		}
		if path == "reception" && !strings.Contains(string(plain.body), "Jane") {
			t.Errorf("an analyst sees %s", plain.body)
		}
	}
	s.want(http.StatusForbidden, s.do(access.Viewer, http.MethodGet, s.in("/runs/"+run+"/results/findings.json"), nil))
}

// titled checks that what was decided on is told by its title.
func (s *plant) titled(decisions any, run string) {
	s.t.Helper()
	issues := string(s.want(200, s.do(access.Analyst, http.MethodGet, s.in("/runs/"+run+"/issues"), nil)).body)
	all, _ := decisions.([]any)
	told := 0
	for _, one := range all {
		d, _ := one.(map[string]any)
		title, _ := d["title"].(string)
		if d["stage"] == "quality" && title != "" && strings.Contains(issues, strings.Trim(strconv.Quote(title), `"`)) {
			told++
		}
	}
	if told == 0 {
		s.t.Errorf("no decision on an issue tells its title: %v", all)
	}
}

func (s *plant) downloads(t *testing.T, dataset, run, text string) {
	s.t = t
	original := s.in("/datasets/" + dataset + "/original")
	if a := s.want(200, s.do(access.Analyst, http.MethodGet, original, nil)); string(a.body) != text || !strings.Contains(a.header.Get("Content-Disposition"), "people.csv") {
		t.Errorf("%d bytes, %v", len(a.body), a.header)
	}
	a := s.want(http.StatusPartialContent, s.do(access.Analyst, http.MethodGet, original, nil, "Range", "bytes=3-7"))
	if string(a.body) != text[3:8] || a.header.Get("Content-Range") != fmt.Sprintf("bytes 3-7/%d", len(text)) {
		t.Errorf("%q, %v", a.body, a.header)
	}
	s.want(http.StatusRequestedRangeNotSatisfiable, s.do(access.Analyst, http.MethodGet, original, nil, "Range", "bytes=999999-"))
	s.want(http.StatusNotModified, s.do(access.Analyst, http.MethodGet, original, nil, "If-None-Match", a.header.Get("ETag")))
	if a := s.want(200, s.do(access.Analyst, http.MethodGet, s.in("/runs/"+run+"/original"), nil)); string(a.body) != text {
		t.Errorf("%d bytes of the run's file", len(a.body))
	}
	for format, begins := range map[string]string{"csv": "id,email", "parquet": "PAR1", "json": "[", "xlsx": "PK"} {
		a := s.want(200, s.do(access.Steward, http.MethodGet, s.in("/runs/"+run+"/versions/latest/download?format="+format), nil))
		if !strings.HasPrefix(string(a.body), begins) {
			t.Errorf("%s: %.40q", format, a.body)
		}
		part := s.want(http.StatusPartialContent, s.do(access.Steward, http.MethodGet, s.in("/runs/"+run+"/versions/latest/download?format="+format), nil, "Range", "bytes=1-1"))
		if string(part.body) != string(a.body[1:2]) {
			t.Errorf("a part of %s: %q", format, part.body)
		}
	}
	for _, path := range []string{original, s.in("/runs/" + run + "/original"), s.in("/runs/" + run + "/versions/latest/download")} {
		s.want(http.StatusForbidden, s.do(access.Viewer, http.MethodGet, path, nil))
	}
}

func (s *plant) others(t *testing.T, dataset, run string) {
	s.t = t
	for _, x := range []struct{ method, path string }{
		{http.MethodGet, "/datasets/" + dataset}, {http.MethodGet, "/datasets/" + dataset + "/original"}, {http.MethodPost, "/datasets/" + dataset + "/erase"},
		{http.MethodPost, "/runs/" + run + "/versions/latest/rows"}, {http.MethodGet, "/runs/" + run + "/versions/latest/profile?column=id"},
		{http.MethodGet, "/runs/" + run + "/versions/latest/diff?before=x"}, {http.MethodGet, "/runs/" + run + "/cell?row=1&column=id"},
		{http.MethodGet, "/runs/" + run + "/versions/latest/download"}, {http.MethodPost, "/runs/" + run + "/erase"}, {http.MethodHead, "/uploads/" + dataset},
		{http.MethodGet, "/runs/" + run + "/original"},
	} {
		body := any(nil)
		if x.method == http.MethodPost {
			body = map[string]any{"why": "x"}
			if strings.HasSuffix(x.path, "rows") {
				body = map[string]any{}
			}
		}
		for who, want := range map[access.Role]int{access.Operator: http.StatusNotFound, "nobody": http.StatusUnauthorized} {
			if a := s.do(who, x.method, s.in(x.path), body, "Tus-Resumable", "1.0.0"); a.status != want {
				t.Errorf("%s %s as %s: %d %s", x.method, x.path, who, a.status, a.body)
			}
		}
		// Through another workspace that the caller is in.
		if a := s.do(access.Administrator, x.method, "/workspaces/"+s.demo+x.path, body, "Tus-Resumable", "1.0.0"); a.status != http.StatusNotFound {
			t.Errorf("%s %s through another workspace: %d %s", x.method, x.path, a.status, a.body)
		}
	}
	if a := s.do(access.Administrator, http.MethodPost, "/workspaces/"+s.demo+"/runs", map[string]any{"dataset": dataset}); a.status != http.StatusNotFound {
		t.Errorf("a run on another workspace's dataset: %d", a.status)
	}
	if a := s.do(access.Steward, http.MethodHead, s.in("/uploads/"+dataset), nil, "Tus-Resumable", "1.0.0"); a.status != http.StatusNotFound {
		t.Errorf("a colleague's upload by the protocol: %d", a.status)
	}
}

func (s *plant) erasure(t *testing.T, dataset, run string) {
	s.t = t
	why := map[string]any{"why": "the customer asked for it"}
	s.want(http.StatusForbidden, s.do(access.Analyst, http.MethodPost, s.in("/datasets/"+dataset+"/erase"), why))
	proof := s.want(200, s.do(access.Steward, http.MethodPost, s.in("/datasets/"+dataset+"/erase"), why)).json(t)
	if proof["dataset"] != dataset || proof["why"] != why["why"] {
		t.Errorf("%v", proof)
	}
	s.want(http.StatusGone, s.do(access.Steward, http.MethodPost, s.in("/datasets/"+dataset+"/erase"), why))
	if r := s.want(200, s.do(access.Analyst, http.MethodGet, s.in("/runs/"+run), nil)).json(t); r["status"] != "erased" || r["goal"] != "" || r["file"] != "" {
		t.Errorf("%v", r)
	}
	for _, path := range []string{"/datasets/" + dataset + "/original", "/runs/" + run + "/original", "/runs/" + run + "/versions/latest/download", "/runs/" + run + "/issues"} {
		if a := s.do(access.Administrator, http.MethodGet, s.in(path), nil); a.status != http.StatusNotFound && a.status != http.StatusGone {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	if a := s.do(access.Analyst, http.MethodPost, s.in("/runs"), map[string]any{"dataset": dataset}); a.status != http.StatusGone {
		t.Errorf("a run on what is erased: %d %s", a.status, a.body)
	}
	list, _ := s.want(200, s.do(access.Steward, http.MethodGet, s.in("/erasures"), nil)).json(t)["erasures"].([]any)
	if len(list) != 1 {
		t.Errorf("%v", list)
	}
}

func TestFilesInOneRequestAndTheLimitOfTheTier(t *testing.T) {
	s := openPlant(t)
	made := s.want(http.StatusCreated, s.do(access.Analyst, http.MethodPut, s.in("/files/orders.csv"), "a,b\n1,2\n")).json(t)
	if made["status"] != "received" || made["name"] != "orders.csv" || made["received"] != 8.0 {
		t.Errorf("%v", made)
	}
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", `..\..\form.csv`)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write([]byte("a\n1\n"))
	_ = w.Close()
	if made := s.want(http.StatusCreated, s.do(access.Analyst, http.MethodPost, s.in("/files"), &form, "Content-Type", w.FormDataContentType())).json(t); made["name"] != "form.csv" {
		t.Errorf("%v", made)
	}
	s.want(http.StatusUnprocessableEntity, s.do(access.Analyst, http.MethodPut, s.in("/files/empty.csv"), ""))
	s.want(http.StatusForbidden, s.do(access.Viewer, http.MethodPut, s.in("/files/x.csv"), "a\n"))
	over := io.LimitReader(endless{}, 10<<20+1)
	for name, a := range map[string]*dataReply{
		"declared": s.do(access.Analyst, http.MethodPost, "/workspaces/"+s.demo+"/uploads", nil, "Tus-Resumable", "1.0.0", "Upload-Length", fmt.Sprint(10<<20+1)),
		"streamed": s.do(access.Analyst, http.MethodPut, "/workspaces/"+s.demo+"/files/x.csv", over),
	} {
		if a.status != http.StatusRequestEntityTooLarge || a.json(t)["code"] != "tier_limit" || a.json(t)["next"] == "" {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	list, _ := s.want(200, s.do(access.Viewer, http.MethodGet, "/workspaces/"+s.demo+"/datasets", nil)).json(t)["datasets"].([]any)
	if len(list) != 0 {
		t.Errorf("%d left", len(list))
	}
	first := s.want(200, s.do(access.Viewer, http.MethodGet, s.in("/datasets?limit=1"), nil)).json(t)
	rest := s.want(200, s.do(access.Viewer, http.MethodGet, s.in("/datasets?after="+fmt.Sprint(first["next"])), nil)).json(t)
	if a, _ := rest["datasets"].([]any); len(a) != 1 || rest["next"] != nil {
		t.Errorf("%v, %v", first, rest)
	}
	if a := s.want(200, s.do(access.Analyst, http.MethodOptions, "/workspaces/"+s.demo+"/uploads", nil, "Tus-Resumable", "1.0.0")); a.header.Get("Tus-Max-Size") != fmt.Sprint(10<<20) {
		t.Errorf("%v", a.header)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}
