package dataset

import (
	"time"
)

// Kind says how a version came to be.
type Kind string

// The kinds of versions.
const (
	KindReceived Kind = "received" // version 0: the file, byte for byte
	KindParsed   Kind = "parsed"   // the same as a table
	KindCleaned  Kind = "cleaned"  // what applying decisions made of its parent
)

// Version is the record of one state of a dataset. It is never changed.
type Version struct {
	ID          string    `json:"id"`
	Dataset     string    `json:"dataset"`
	Run         string    `json:"run"`
	Parent      string    `json:"parent,omitempty"` // empty for version 0
	Kind        Kind      `json:"kind"`
	Ref         string    `json:"ref"`                    // of its file
	Changes     string    `json:"changes,omitempty"`      // ref of the changes to its parent, for KindCleaned
	ContentHash string    `json:"content_hash,omitempty"` // see engine.Session.ContentHash; of version 0 the SHA-256 of the bytes
	Bytes       int64     `json:"bytes,omitempty"`        // of version 0, before encryption
	Rows        int64     `json:"rows,omitempty"`
	Decisions   []string  `json:"decisions,omitempty"` // ids of the decisions that made it
	At          time.Time `json:"at"`
}

// FileChanges is the name (in stage.Result.Files) of the file that says what an apply handler changed: a row for each
// cell with the columns issue, resolution, __row, "column" (flow.AllColumns for a row that was removed), old, new (NULL for
// missing) and applied (false for a proposal that was not carried out).
const FileChanges = "changes"
