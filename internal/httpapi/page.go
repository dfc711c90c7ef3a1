package httpapi

import (
	"encoding/base64"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/analytix-flow/analytix/internal/store"
)

// PageInput is what lists are asked with.
type PageInput struct {
	After string `query:"after" maxLength:"200" doc:"The next of the page before; empty for the first page."`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many at most."`
}

// page reads where the list goes on.
func (p *PageInput) page() (store.Page, error) {
	out := store.Page{Limit: p.Limit}
	if p.After == "" {
		return out, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(p.After)
	micros, id, ok := strings.Cut(string(raw), " ")
	n, numberErr := strconv.ParseInt(micros, 10, 64)
	if err != nil || !ok || numberErr != nil || n <= 0 {
		return out, newProblem(http.StatusBadRequest, "cursor", "after is not the next of a page.").next("begin with the first page")
	}
	out.Before, out.ID = time.UnixMicro(n), id
	return out, nil
}

// cursor names the place after an entry.
func cursor(at time.Time, id string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(at.UnixMicro(), 10) + " " + id))
}

// etag quotes a version.
func etag(version string) string { return `"` + version + `"` }

// matches reads the version that If-Match names; the error says that one is needed.
func matches(header string) (string, error) {
	v := strings.TrimSpace(header)
	if v == "" {
		return "", newProblem(http.StatusPreconditionRequired, "precondition_required", "The change does not say which state of it was seen.").
			kept("nothing was changed").next("send the ETag of what you saw in the header If-Match")
	}
	if len(v) < 2 || v[0] != '"' || v[len(v)-1] != '"' {
		return "", newProblem(http.StatusBadRequest, "if_match", "If-Match is not one quoted ETag.").kept("nothing was changed")
	}
	return v[1 : len(v)-1], nil
}

func matchesVersion(header string) (int64, error) {
	v, err := matches(header)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil {
		return 0, newProblem(http.StatusBadRequest, "if_match", "If-Match is not an ETag of this resource.").kept("nothing was changed")
	}
	return n, nil
}

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }

func typeName(v any) string { return reflect.TypeOf(v).String() }
