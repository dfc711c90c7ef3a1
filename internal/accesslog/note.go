package accesslog

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"sync"
)

// Note gathers what only the handler of a request knows: what it was about, and what changed. It is safe for concurrent use.
type Note struct {
	mu                                    sync.Mutex
	object, workspace, before, after, say string
}

type noteKey struct{}

// WithNote returns a context in which a handler can leave a note, and the note.
func WithNote(ctx context.Context) (context.Context, *Note) {
	n := &Note{}
	return context.WithValue(ctx, noteKey{}, n), n
}

func noted(ctx context.Context, set func(*Note)) {
	n, ok := ctx.Value(noteKey{}).(*Note)
	if !ok {
		return // not under a request
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	set(n)
}

// About notes the id of what a request is about, where its path does not name it.
func About(ctx context.Context, object string) { noted(ctx, func(n *Note) { n.object = object }) }

// Within notes the workspace that a request is about, where its path does not name it.
func Within(ctx context.Context, workspace string) {
	noted(ctx, func(n *Note) { n.workspace = workspace })
}

// Say notes further words about a request. They must hold no data of users.
func Say(ctx context.Context, words string) { noted(ctx, func(n *Note) { n.say = words }) }

// Changed notes what a request changed; nil stands for what was not there before, or is not there any more.
func Changed(ctx context.Context, object string, before, after any) {
	b, a := Hash(before), Hash(after)
	noted(ctx, func(n *Note) {
		if object != "" {
			n.object = object
		}
		n.before, n.after = b, a
	})
}

// Hash is the SHA-256 of bytes or a text as they are, of anything else as JSON, in hexadecimal; of nil it is empty.
func Hash(v any) string {
	var raw []byte
	switch x := v.(type) {
	case nil:
		return ""
	case []byte:
		raw = x
	case string:
		raw = []byte(x)
	default:
		var err error
		if raw, err = json.Marshal(v); err != nil {
			return "" // what cannot be written as JSON is no state of anything
		}
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// Into writes the note into an access.
func (n *Note) Into(a *Access) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, x := range []struct {
		from string
		to   *string
	}{{n.object, &a.Object}, {n.workspace, &a.Workspace}, {n.before, &a.Before}, {n.after, &a.After}, {n.say, &a.Note}} {
		if x.from != "" {
			*x.to = x.from
		}
	}
}
