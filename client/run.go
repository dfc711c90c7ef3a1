package client

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Workspace is a place of work with its members, tier and data.
type Workspace struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Tier string `json:"tier"`
	Role string `json:"role"` // the caller's
}

// Dataset is a file that was uploaded.
type Dataset struct {
	ID       string    `json:"id"`
	Status   string    `json:"status"` // open, received, erased
	Name     string    `json:"name"`
	Size     int64     `json:"size"`
	Received int64     `json:"received"`
	SHA256   string    `json:"sha256"`
	Created  time.Time `json:"created"`
}

// StartRun is what is asked of a run.
type StartRun struct {
	Dataset   string `json:"dataset"`
	Goal      string `json:"goal,omitempty"`       // the business goal in plain words
	KPI       string `json:"kpi,omitempty"`        // the column that measures it
	StopAfter string `json:"stop_after,omitempty"` // a stage; the last one by default
	Decide    string `json:"decide,omitempty"`     // what decides where nobody does: ask (default), recommended, accept, reject
	Recipe    string `json:"recipe,omitempty"`     // id of a recipe to replay
}

// Run is where a run stands.
type Run struct {
	ID      string          `json:"id"`
	File    string          `json:"file"`
	Status  string          `json:"status"` // running, waiting, expired, failed, done, aborted, erased
	Stage   string          `json:"stage"`  // reception, quality, insight, recommendation
	Dataset string          `json:"dataset"`
	Goal    string          `json:"goal"`
	Failure json.RawMessage `json:"failure"`
	Created time.Time       `json:"created"`
	Updated time.Time       `json:"updated"`
	Version int64           `json:"version"` // grows with each change
}

// Point is an open control point: things to decide on.
type Point struct {
	Run       string                     `json:"run"`
	Stage     string                     `json:"stage"`
	Round     int                        `json:"round"`
	Version   string                     `json:"version"` // of the dataset, of which it speaks
	Items     []Item                     `json:"items"`
	Decisions map[string]json.RawMessage `json:"decisions"` // those in force, by item
	FourEyes  bool                       `json:"four_eyes"`
	// Tag is its ETag: Decide and Close name it, and are refused where somebody was quicker.
	Tag string `json:"-"`
}

// Item is a thing to decide on.
type Item struct {
	ID          string   `json:"id"`
	Options     []string `json:"options"`
	Recommended string   `json:"recommended"` // empty where nothing is
}

// Decision is one that is taken on an item.
type Decision struct {
	Item       string         `json:"item"`
	Choice     string         `json:"choice"` // accept, edit, partial, reject, leave
	Option     string         `json:"option,omitempty"`
	Params     map[string]any `json:"params,omitempty"`
	Rows       []int64        `json:"rows,omitempty"`
	Reason     string         `json:"reason,omitempty"`
	Supersedes *string        `json:"supersedes,omitempty"` // the decision that was seen; "" where there was none
}

// Issue is something that is wrong with the data.
type Issue struct {
	ID          string          `json:"id"`
	Check       string          `json:"check"`
	Columns     []string        `json:"columns"`
	Title       string          `json:"title"`
	Severity    string          `json:"severity"`
	Confidence  float64         `json:"confidence"`
	Rows        int64           `json:"rows"`
	Cells       int64           `json:"cells"`
	Evidence    json.RawMessage `json:"evidence"`
	Resolutions json.RawMessage `json:"resolutions"`
}

// Workspaces lists those of the caller.
func (c *Client) Workspaces(ctx context.Context) ([]Workspace, error) {
	var out struct {
		Workspaces []Workspace `json:"workspaces"`
	}
	return out.Workspaces, c.Call(ctx, Request{Operation: OpListWorkspaces}, &out)
}

// Upload sends a file in one request. Files that may be cut off on their way are better sent by a tus client to
// /workspaces/{workspace}/uploads, where the upload goes on from where it was.
func (c *Client) Upload(ctx context.Context, workspace, name string, file io.Reader) (*Dataset, error) {
	out := &Dataset{}
	return out, c.Call(ctx, Request{Operation: OpPutFile, Path: Path{"workspace": workspace, "name": name},
		Header: http.Header{"Content-Type": {"application/octet-stream"}}, Body: file}, out)
}

// StartRun starts a run on a dataset.
func (c *Client) StartRun(ctx context.Context, workspace string, r StartRun) (*Run, error) {
	out := &Run{}
	return out, c.Call(ctx, Request{Operation: OpStartRun, Path: Path{"workspace": workspace}, Body: r}, out)
}

// Run reads where a run stands.
func (c *Client) Run(ctx context.Context, workspace, run string) (*Run, error) {
	out := &Run{}
	return out, c.Call(ctx, Request{Operation: OpGetRun, Path: at(workspace, run)}, out)
}

// Point reads the open control point of a run that waits.
func (c *Client) Point(ctx context.Context, workspace, run string) (*Point, error) {
	return c.point(ctx, Request{Operation: OpGetPoint, Path: at(workspace, run)})
}

// Decide takes decisions at a control point as it was seen, all of them or none, and returns it as it is then.
func (c *Client) Decide(ctx context.Context, workspace string, seen *Point, decisions ...Decision) (*Point, error) {
	return c.point(ctx, Request{Operation: OpDecide, Path: at(workspace, seen.Run), Header: http.Header{"If-Match": {seen.Tag}},
		Body: map[string]any{"decisions": decisions}})
}

func (c *Client) point(ctx context.Context, r Request) (*Point, error) {
	out := &Point{}
	header, err := c.call(ctx, r, out)
	if err != nil {
		return nil, err
	}
	out.Tag = header.Get("ETag")
	return out, nil
}

// Close closes a control point as it was seen: the run moves on, and what nothing was decided on is left alone.
func (c *Client) Close(ctx context.Context, workspace string, seen *Point) (*Run, error) {
	out := &Run{}
	return out, c.Call(ctx, Request{Operation: OpClosePoint, Path: at(workspace, seen.Run), Header: http.Header{"If-Match": {seen.Tag}}}, out)
}

// Issues lists what is wrong with the data, once the quality stage has looked.
func (c *Client) Issues(ctx context.Context, workspace, run string) ([]Issue, error) {
	var out struct {
		Issues []Issue `json:"issues"`
	}
	return out.Issues, c.Call(ctx, Request{Operation: OpGetIssues, Path: at(workspace, run)}, &out)
}

// Download opens a file of a run's: findings (OpGetFindings), recipe (OpGetRunRecipe), report (OpGetReport), audit
// (OpGetRunAudit), or the file as received (OpDownloadRunOriginal). The caller closes it.
func (c *Client) Download(ctx context.Context, workspace, run string, file Operation) (io.ReadCloser, error) {
	return c.open(ctx, Request{Operation: file, Path: at(workspace, run)})
}

// DownloadData opens the data of a version (Point.Version names one) in a format: csv, parquet, json or xlsx. The caller
// closes it.
func (c *Client) DownloadData(ctx context.Context, workspace, run, version, format string) (io.ReadCloser, error) {
	path := at(workspace, run)
	path["version"] = version
	return c.open(ctx, Request{Operation: OpDownloadVersion, Path: path, Query: map[string][]string{"format": {format}}})
}

func (c *Client) open(ctx context.Context, r Request) (io.ReadCloser, error) {
	resp, err := c.Open(ctx, r)
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}

// Erase erases a dataset with its key and everything that runs made of it, for good. The audit keeps the reason.
func (c *Client) Erase(ctx context.Context, workspace, dataset, why string) error {
	return c.Call(ctx, Request{Operation: OpEraseDataset, Path: Path{"workspace": workspace, "dataset": dataset}, Body: map[string]string{"why": why}}, nil)
}

func at(workspace, run string) Path { return Path{"workspace": workspace, "run": run} }

// entry is an id of an event as a header.
func entry(seq int64) string { return strconv.FormatInt(seq, 10) }
