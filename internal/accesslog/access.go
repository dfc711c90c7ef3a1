package accesslog

import (
	"strings"
	"time"

	"github.com/analytix-flow/analytix/internal/audit"
)

// Chain is the name of the instance's chain.
const Chain = "server"

// The actions of entries. They are stored: they are never renamed.
const (
	ActionRead    = "access.read"  // something was read, or refused
	ActionBegun   = "change.begun" // a change was permitted and is about to be made
	ActionChanged = "change.ended" // it was made, or failed
	ActionEvent   = "event"        // the program did something by itself
	ActionOpened  = "log.opened"   // a process began to write
	ActionClosed  = "log.closed"   // it ended, and nothing of it is missing
	ActionSigned  = "log.signed"   // the signature of the entry before
	ActionDropped = "log.dropped"  // the summary of old entries that were dropped
)

// Outcome is how an access ended, in one word.
type Outcome string

// The outcomes.
const (
	Begun   Outcome = "begun"   // of ActionBegun
	Success Outcome = "success" // status below 400
	Denied  Outcome = "denied"  // not signed in, not permitted, throttled, or not to be seen
	Failed  Outcome = "failed"  // the request could not be carried out as it was made
	Broken  Outcome = "error"   // the server could not do it
)

// OutcomeOf is the outcome that an HTTP status tells.
func OutcomeOf(status int) Outcome {
	switch {
	case status < 400:
		return Success
	case status == 401 || status == 403 || status == 429:
		return Denied
	case status < 500:
		return Failed
	default:
		return Broken
	}
}

// Access is one access or change.
type Access struct {
	At        time.Time // zero means now
	Request   string    // id of the request
	Account   string    // id; empty where nobody is signed in
	Name      string    // of the account
	Kind      string    // session, token, or system
	Session   string    // id of the session or token
	Operation string    // id of the operation, such as runs.get
	Object    string    // id of what it was done to
	Workspace string    // id
	Address   string    // of the client
	Agent     string    // what the client calls itself
	Change    bool      // it changes something, or tries to
	Status    int       // of HTTP
	Code      string    // of the problem, where there was one
	Before    string    // SHA-256 of what was changed, before; hex
	After     string    // and after
	Note      string    // further words, without data of users
}

// The longest texts that are kept: what a client sends could be of any length.
const (
	maxText  = 200
	maxAgent = 300
)

// clean makes a text fit to be kept: valid, of one line, and not too long.
func clean(s string, most int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "")
	}
	return s
}

// actor names who acted, as the chain does.
func (a *Access) actor() string {
	switch {
	case a.Account != "":
		return "account:" + a.Account
	case a.Kind == "system":
		return "system:server"
	default:
		return "anonymous"
	}
}

// entry is the access as an entry of the chain; its texts must be clean.
func (a *Access) entry(action string, outcome Outcome) audit.Entry {
	d := map[string]any{"operation": a.Operation, "outcome": string(outcome)}
	for name, value := range map[string]string{"request": a.Request, "name": a.Name, "kind": a.Kind, "session": a.Session,
		"workspace": a.Workspace, "address": a.Address, "agent": a.Agent, "code": a.Code, "before": a.Before, "after": a.After, "note": a.Note} {
		if value != "" {
			d[name] = value
		}
	}
	if a.Status != 0 {
		d["status"] = a.Status
	}
	return audit.Entry{At: a.At, Run: Chain, Actor: a.actor(), Action: action, Object: a.Object, Details: d}
}

func (a Access) cleaned(now time.Time) Access {
	if a.At.IsZero() {
		a.At = now
	}
	for _, text := range []*string{&a.Request, &a.Account, &a.Name, &a.Kind, &a.Session, &a.Operation, &a.Object, &a.Workspace, &a.Address,
		&a.Code, &a.Before, &a.After, &a.Note} {
		*text = clean(*text, maxText)
	}
	a.Agent = clean(a.Agent, maxAgent)
	return a
}

// Entry is an entry of the log, as it is shown.
type Entry struct {
	Seq       int64     `json:"seq" doc:"Place in the chain, from 1"`
	At        time.Time `json:"at"`
	Action    string    `json:"action" doc:"access.read, change.begun, change.ended, event, or log.*"`
	Actor     string    `json:"actor" doc:"account:ID, system:server or anonymous"`
	Account   string    `json:"account,omitempty"`
	Name      string    `json:"name,omitempty" doc:"Of the account"`
	Kind      string    `json:"kind,omitempty" doc:"session, token or system"`
	Session   string    `json:"session,omitempty" doc:"Of the session or token"`
	Operation string    `json:"operation,omitempty" doc:"Of the API"`
	Object    string    `json:"object,omitempty" doc:"What it was done to"`
	Workspace string    `json:"workspace,omitempty"`
	Address   string    `json:"address,omitempty" doc:"Of the client"`
	Agent     string    `json:"agent,omitempty" doc:"What the client calls itself"`
	Status    int       `json:"status,omitempty" doc:"Of HTTP"`
	Code      string    `json:"code,omitempty" doc:"Of the problem, where there was one"`
	Outcome   string    `json:"outcome,omitempty" doc:"begun, success, denied, failed or error"`
	Before    string    `json:"before,omitempty" doc:"SHA-256 of what was changed, before"`
	After     string    `json:"after,omitempty" doc:"SHA-256 of what was changed, after"`
	Note      string    `json:"note,omitempty"`
	Request   string    `json:"request,omitempty" doc:"Id of the request; a change has two entries with the same one"`
	Hash      string    `json:"hash" doc:"SHA-256 of the entry, which the next one holds"`
}

// shown turns an entry of the chain into what is shown.
func shown(e audit.Entry, hash string) Entry {
	text := func(name string) string {
		s, _ := e.Details[name].(string) // a detail of another kind is not one of ours
		return s
	}
	account, _ := strings.CutPrefix(e.Actor, "account:")
	if account == e.Actor {
		account = ""
	}
	return Entry{Seq: e.Seq, At: e.At, Action: e.Action, Actor: e.Actor, Account: account, Name: text("name"), Kind: text("kind"),
		Session: text("session"), Operation: text("operation"), Object: e.Object, Workspace: text("workspace"), Address: text("address"),
		Agent: text("agent"), Status: integer(e.Details["status"]), Code: text("code"), Outcome: text("outcome"), Before: text("before"),
		After: text("after"), Note: text("note"), Request: text("request"), Hash: hash}
}
