package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// ActionSeal is the action of the entry that ends the chain of a finished run.
const ActionSeal = "run.sealed"

// Origin is the prev of the first entry of a chain.
var Origin = strings.Repeat("0", 2*sha256.Size)

// timeFormat has microseconds, which every store keeps.
const timeFormat = "2006-01-02T15:04:05.000000Z"

// Entry is one thing that happened. Details must hold no more of a user's data than is needed to understand it.
type Entry struct {
	Seq     int64
	At      time.Time
	Run     string
	Actor   string // kind:name, such as person:ann or system:control
	Action  string // such as decision.taken
	Object  string // id of what it was done to; may be empty
	Details map[string]any
	Prev    string
	Hash    string
}

// Link is an entry as it is stored: Body is the canonical text that is hashed.
type Link struct {
	Seq  int64
	Prev string
	Hash string
	Body []byte
}

// Line is the link's line of audit.jsonl, line feed included.
func (l Link) Line() []byte {
	line := make([]byte, 0, len(l.Body)+len(hashMember)+len(l.Hash)+3)
	line = append(line, bytes.TrimSuffix(l.Body, []byte("}"))...)
	line = append(line, hashMember...)
	line = append(line, l.Hash...)
	return append(line, '"', '}', '\n')
}

const hashMember = `,"hash":"`

// Append makes the link that follows last (nil for the first one) from an entry whose Seq, Prev and Hash are ignored.
// An entry with another run than the chain's is the caller's mistake and found by Verify.
func Append(last *Link, e Entry) (Link, error) {
	e.Seq, e.Prev = 1, Origin
	if last != nil {
		e.Seq, e.Prev = last.Seq+1, last.Hash
	}
	if e.Run == "" || e.Actor == "" || e.Action == "" {
		return Link{}, errors.New("adding to the audit chain: an entry must say its run, who acted, and what was done")
	}
	body, err := e.body()
	if err != nil {
		return Link{}, fmt.Errorf("adding %s to the audit chain of run %s: %w", e.Action, e.Run, err)
	}
	return Link{Seq: e.Seq, Prev: e.Prev, Hash: digest(body), Body: body}, nil
}

// Seal makes the last link of a finished run.
func Seal(last *Link, run, actor string, at time.Time) (Link, error) {
	if last == nil {
		return Link{}, fmt.Errorf("sealing the audit chain of run %s: it is empty", run)
	}
	return Append(last, Entry{At: at, Run: run, Actor: actor, Action: ActionSeal,
		Details: map[string]any{"entries": last.Seq}})
}

// wire is the order of the members.
type wire struct {
	Seq     int64           `json:"seq"`
	At      string          `json:"at"`
	Run     string          `json:"run"`
	Actor   string          `json:"actor"`
	Action  string          `json:"action"`
	Object  string          `json:"object"`
	Details json.RawMessage `json:"details"`
	Prev    string          `json:"prev"`
	Hash    string          `json:"hash,omitempty"`
}

// body is the canonical encoding.
func (e *Entry) body() ([]byte, error) {
	details, err := canonical(e.Details)
	if err != nil {
		return nil, err
	}
	return marshal(wire{Seq: e.Seq, At: e.At.UTC().Format(timeFormat), Run: e.Run, Actor: e.Actor, Action: e.Action,
		Object: e.Object, Details: details, Prev: e.Prev})
}

// canonical sorts the members at every depth: structs become maps on the way through JSON.
func canonical(details map[string]any) ([]byte, error) {
	if len(details) == 0 {
		return []byte("{}"), nil
	}
	raw, err := marshal(details)
	if err != nil {
		return nil, err
	}
	return sorted(raw)
}

func sorted(raw []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v map[string]any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	return marshal(v)
}

// marshal leaves <, > and & as they are, which reads better and is the same everywhere.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

func digest(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// Parse reads a stored link or a line without its line feed back as an entry. It does not check the chain.
func Parse(text []byte) (Entry, error) {
	var w wire
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&w); err != nil {
		return Entry{}, fmt.Errorf("reading an audit entry: %w", err)
	}
	at, err := time.Parse(timeFormat, w.At)
	if err != nil {
		return Entry{}, errors.New("reading an audit entry: its time is not written as it should be")
	}
	e := Entry{Seq: w.Seq, At: at, Run: w.Run, Actor: w.Actor, Action: w.Action, Object: w.Object, Prev: w.Prev, Hash: w.Hash}
	n := json.NewDecoder(bytes.NewReader(w.Details))
	n.UseNumber()
	if err := n.Decode(&e.Details); err != nil {
		return Entry{}, fmt.Errorf("reading the details of an audit entry: %w", err)
	}
	return e, nil
}
