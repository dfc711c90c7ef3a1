package accesslog

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/analytix-flow/analytix/internal/audit"
	"github.com/analytix-flow/analytix/internal/store"
)

// Format is a form in which the log leaves.
type Format string

// The formats.
const (
	JSONL  Format = "jsonl"  // the lines of the chain, which can be verified
	CEF    Format = "cef"    // ArcSight's Common Event Format, a line an entry
	Syslog Format = "syslog" // RFC 5424, a line an entry
)

// ContentType is the media type of a format.
func (f Format) ContentType() string {
	if f == JSONL {
		return "application/jsonl"
	}
	return "text/plain; charset=utf-8"
}

// Source says who sends the lines of CEF and syslog.
type Source struct {
	Version string // of the program
	Host    string // name of the machine
}

// Export writes what a query finds, the oldest first; cursor and limit are not looked at.
func (l *Log) Export(ctx context.Context, q Query, f Format, from Source, w io.Writer) error {
	return l.each(ctx, q, func(e *store.Access) error {
		line, err := format(e, f, from)
		if err != nil {
			return err
		}
		_, err = w.Write(line)
		return err
	})
}

// format is an entry's line, line feed included.
func format(e *store.Access, f Format, from Source) ([]byte, error) {
	if f == JSONL {
		return audit.Link{Body: e.Body, Hash: e.Hash}.Line(), nil
	}
	parsed, err := audit.Parse(e.Body)
	if err != nil {
		return nil, fmt.Errorf("entry %d of the access log: %w", e.Seq, err)
	}
	s := shown(parsed, e.Hash)
	switch f {
	case CEF:
		return []byte(cef(&s, from) + "\n"), nil
	case Syslog:
		return []byte(syslog(&s, from) + "\n"), nil
	default:
		return nil, fmt.Errorf("%w: there is no format %q", ErrQuery, f)
	}
}

// grave is how much an entry calls for a look, from 1 (a success) to 8 (the server failed).
func (e *Entry) grave() int {
	switch Outcome(e.Outcome) {
	case Denied:
		return 6
	case Broken:
		return 8
	case Failed:
		return 3
	default:
		return 1
	}
}

// what names an entry in one or two words.
func (e *Entry) what() string {
	if e.Operation == "" {
		return e.Action
	}
	return e.Operation
}

var (
	cefHead  = strings.NewReplacer(`\`, `\\`, `|`, `\|`, "\n", " ", "\r", " ")
	cefValue = strings.NewReplacer(`\`, `\\`, `=`, `\=`, "\n", `\n`, "\r", `\r`)
)

// cef is an entry in the Common Event Format (version 0).
func cef(e *Entry, from Source) string {
	var b strings.Builder
	b.WriteString("CEF:0|Analytix Flow|Analytix Flow|" + cefHead.Replace(from.Version) + "|" + cefHead.Replace(e.Action) + "|" +
		cefHead.Replace(e.what()) + "|" + strconv.Itoa(e.grave()) + "|")
	add := func(name, value string) {
		if value != "" {
			b.WriteString(name + "=" + cefValue.Replace(value) + " ")
		}
	}
	add("rt", strconv.FormatInt(e.At.UnixMilli(), 10))
	add("externalId", strconv.FormatInt(e.Seq, 10))
	add("dvchost", from.Host)
	add("suid", e.Account)
	add("suser", e.Name)
	add("src", e.Address)
	add("requestClientApplication", e.Agent)
	add("outcome", e.Outcome)
	add("reason", e.Code)
	add("act", e.Operation)
	add("duid", e.Object)
	for i, c := range [][2]string{{"workspace", e.Workspace}, {"request", e.Request}, {"session", e.Session}, {"before", e.Before}, {"after", e.After}, {"hash", e.Hash}} {
		if c[1] != "" {
			n := "cs" + strconv.Itoa(i+1)
			add(n+"Label", c[0])
			add(n, c[1])
		}
	}
	if e.Status != 0 {
		add("cn1Label", "status")
		add("cn1", strconv.Itoa(e.Status))
	}
	return strings.TrimSuffix(b.String(), " ")
}

// Of RFC 5424. The structured data bear the number that RFC 5612 keeps for those who have none of their own.
const (
	facility = 13 // log audit
	dataID   = "access@32473"
)

var sdValue = strings.NewReplacer(`\`, `\\`, `"`, `\"`, `]`, `\]`)

// syslog is an entry as a message of RFC 5424.
func syslog(e *Entry, from Source) string {
	severity := map[int]int{1: 6, 3: 5, 6: 4, 8: 3}[e.grave()] // informational, notice, warning, error
	var b strings.Builder
	fmt.Fprintf(&b, "<%d>1 %s %s analytix - %s [%s", facility*8+severity, e.At.UTC().Format(time.RFC3339Nano), token(from.Host, 255), token(e.Action, 32), dataID)
	add := func(name, value string) {
		if value != "" {
			b.WriteString(" " + name + `="` + sdValue.Replace(value) + `"`)
		}
	}
	add("seq", strconv.FormatInt(e.Seq, 10))
	for _, c := range [][2]string{{"operation", e.Operation}, {"outcome", e.Outcome}, {"account", e.Account}, {"name", e.Name}, {"kind", e.Kind},
		{"session", e.Session}, {"object", e.Object}, {"workspace", e.Workspace}, {"address", e.Address}, {"agent", e.Agent}, {"code", e.Code},
		{"before", e.Before}, {"after", e.After}, {"note", e.Note}, {"request", e.Request}, {"hash", e.Hash}} {
		add(c[0], c[1])
	}
	if e.Status != 0 {
		add("status", strconv.Itoa(e.Status))
	}
	b.WriteString("] " + e.Actor + " " + e.what())
	if e.Outcome != "" {
		b.WriteString(" " + e.Outcome)
	}
	return b.String()
}

// token is a text that may stand in the head of a message: printable ASCII, and not empty.
func token(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return -1
		}
		return r
	}, s)
	if s == "" {
		return "-"
	}
	return s[:min(len(s), most)]
}
