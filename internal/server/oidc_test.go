package server

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// people are those whom the provider knows.
type people map[string]*storage.User

func (p people) GetUserByID(id string) *storage.User         { return p[id] }
func (p people) GetUserByUsername(name string) *storage.User { return p[name] }
func (people) ExampleClientID() string                       { return "service" }

// directory is the provider's store; it knows of groups too, and tells of them where the access token is shown.
type directory struct {
	*storage.Storage
	groups map[string][]string
}

func (d *directory) SetUserinfoFromToken(ctx context.Context, info *oidc.UserInfo, token, subject, origin string) error {
	if err := d.Storage.SetUserinfoFromToken(ctx, info, token, subject, origin); err != nil {
		return err
	}
	info.AppendClaims("groups", d.groups[info.Subject])
	return nil
}

func (d *directory) GetClientByClientID(ctx context.Context, id string) (op.Client, error) {
	c, err := d.Storage.GetClientByClientID(ctx, id)
	if err != nil {
		return nil, err
	}
	return page404{c}, nil
}

// page404 has a sign-in page of its own.
type page404 struct{ op.Client }

func (page404) LoginURL(id string) string { return "/who?id=" + id }

// openProvider starts a certified implementation of OpenID Connect, of which the server is a client.
func openProvider(t *testing.T, who people) (issuer string, d *directory, register func(redirect string)) {
	t.Helper()
	clients := map[string]*storage.Client{}
	d = &directory{storage.NewStorageWithClients(who, clients), map[string][]string{}}
	s := httptest.NewUnstartedServer(nil)
	issuer = "http://" + s.Listener.Addr().String()
	p, err := op.NewProvider(&op.Config{CryptoKey: [32]byte{7}, CryptoKeyId: "k", CodeMethodS256: true}, d, op.StaticIssuer(issuer), op.WithAllowInsecure(),
		op.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	back := op.AuthCallbackURL(p)
	mux := http.NewServeMux()
	mux.Handle("/", p)
	mux.Handle("POST /who", op.NewIssuerInterceptor(p.IssuerFromRequest).HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.URL.Query().Get("id")
		if err := d.CheckUsernamePassword(r.FormValue("name"), r.FormValue("password"), id); err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		http.Redirect(w, r, back(r.Context(), id), http.StatusFound)
	}))
	mux.HandleFunc("GET /who", func(http.ResponseWriter, *http.Request) {})
	s.Config.Handler = mux
	s.Start()
	t.Cleanup(s.Close)
	return issuer, d, func(redirect string) {
		clients["analytix"] = storage.WebClient("analytix", "provider-secret", redirect)
	}
}

// browser keeps cookies and follows redirects; it signs in at the provider as somebody and returns where that ends.
func browser(t *testing.T, origin, name string) (client *http.Client, end *url.URL) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client = &http.Client{Jar: jar}
	go1 := func(method, address, body string) *url.URL {
		req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Accept", "text/html")
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close() //nolint:errcheck // read to its end
		if text, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d, %v: %s", resp.Request.URL, resp.StatusCode, err, text)
		}
		return resp.Request.URL
	}
	asked := go1(http.MethodGet, origin+"/api/v1/auth/oidc/acme?return=/w/here", "")
	if asked.Path != "/who" {
		t.Fatalf("the browser ends at %s in the place of the provider", asked)
	}
	return client, go1(http.MethodPost, asked.String(), url.Values{"name": {name}, "password": {"p"}}.Encode())
}

// shownTo is what the API says of whoever has the browser.
func shownTo(t *testing.T, client *http.Client, origin string) (me struct {
	Email, Role string
	Workspaces  map[string]string
},
) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, origin+"/api/v1/me", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end
	if err := json.NewDecoder(resp.Body).Decode(&me); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%d, %v", resp.StatusCode, err)
	}
	return me
}

// A provider from the file of the configuration: people sign in through the server and have the roles of their groups.
func TestPeopleOfAProviderHaveTheRolesOfTheirGroups(t *testing.T) {
	t.Parallel()
	user := func(name string) *storage.User {
		return &storage.User{ID: name, Username: name, Password: "p", FirstName: name, LastName: "Acme", Email: name + "@acme.example", EmailVerified: true}
	}
	issuer, d, register := openProvider(t, people{"grace": user("grace"), "mallory": user("mallory")})
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("provider-secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := written(t, fmt.Sprintf("listen: 127.0.0.1:0\nauth:\n  providers:\n    - id: acme\n      name: Acme\n      issuer: %s\n      client_id: analytix\n"+
		"      client_secret: {file: %s}\n      create: true\n      group_required: true\n      groups:\n        data: {workspaces: {default: steward}}\n"+
		"        machine: {role: operator}\n", issuer, secret))
	cfg, _, err := Load(nil, around(), file)
	if err != nil {
		t.Fatal(err)
	}
	desk := sitDownAt(t, cfg)
	origin := desk.server.Origin()
	register(origin + "/api/v1/auth/oidc/acme/callback")
	var offered struct{ Providers []struct{ ID, Name string } }
	desk.call(http.MethodGet, "/auth", http.StatusOK, nil, &offered)
	if len(offered.Providers) != 1 || offered.Providers[0].Name != "Acme" {
		t.Errorf("the sign-in page is offered %+v", offered)
	}

	d.groups["grace"] = []string{"data", "others"}
	client, end := browser(t, origin, "grace")
	if end.Host != strings.TrimPrefix(origin, "http://") || end.Path != "/w/here" {
		t.Fatalf("the sign-in ends at %s", end)
	}
	if me := shownTo(t, client, origin); me.Email != "grace@acme.example" || me.Role != "" || me.Workspaces[desk.workspace] != "steward" || len(me.Workspaces) != 1 {
		t.Errorf("%+v", me)
	}
	d.groups["grace"] = []string{"machine"}
	client, _ = browser(t, origin, "grace")
	if me := shownTo(t, client, origin); me.Role != "operator" || len(me.Workspaces) != 0 {
		t.Errorf("after a change of groups: %+v", me)
	}
	d.groups["mallory"] = []string{"others"}
	if _, end := browser(t, origin, "mallory"); end.Path != "/sign-in" || end.Fragment != "problem=forbidden" {
		t.Errorf("somebody of no group ends at %s", end)
	}
	desk.call(http.MethodPost, "/workspaces", http.StatusCreated, map[string]string{"name": "next"}, nil) // a change: what was recorded before is there then
	var log string
	desk.call(http.MethodGet, "/system/audit?operation=auth.sign_in", http.StatusOK, nil, &log)
	if !strings.Contains(log, "oidc:acme") {
		t.Errorf("the access log does not tell of the sign-in: %s", log)
	}
}
