package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/analytix-flow/analytix/internal/access"
)

// Diagnostics is what somebody who helps an operator needs to know of a server: how it is set up, how it fares and what it
// complained of. It holds no secret, no name of a person and nothing of anybody's data.
type Diagnostics struct {
	Made       time.Time         `json:"made"`
	Version    string            `json:"version"`
	Platform   string            `json:"platform" doc:"Go, operating system, architecture and processors."`
	Up         float64           `json:"up" doc:"Seconds since the process began."`
	Ready      string            `json:"ready" doc:"Empty where it is; otherwise why it is not."`
	Settings   string            `json:"settings" doc:"The settings in effect, as the file of settings would have them, without secrets."`
	Records    string            `json:"records" doc:"The database of the records."`
	Schema     int64             `json:"schema" doc:"The form of the records."`
	Runs       map[string]int64  `json:"runs" doc:"How many there are, by status."`
	Workspaces map[string]int64  `json:"workspaces" doc:"How many there are, by tier."`
	Queue      []QueueCount      `json:"queue"`
	Dead       []DeadTask        `json:"dead_tasks"`
	Messages   []DeadMessage     `json:"dead_messages"`
	Backup     BackupState       `json:"backup"`
	Conditions []SystemCondition `json:"conditions" doc:"What is out of order."`
	Complaints []Complaint       `json:"complaints" doc:"The latest warnings and errors of the process, the oldest first."`
	Figures    string            `json:"figures" doc:"The figures for Prometheus at that moment."`
}

// Complaint is a warning or an error of the server's log, without what it was about.
type Complaint struct {
	At      time.Time `json:"at"`
	Level   string    `json:"level"`
	Message string    `json:"message"`
	Run     string    `json:"run,omitempty"`
	Request string    `json:"request,omitempty"`
	Handler string    `json:"handler,omitempty"`
	Times   int       `json:"times" doc:"How often the same came in a row."`
}

// Self is what a process knows of itself.
type Self struct {
	Platform, Ready, Settings, Figures string
	Began                              time.Time
	Complaints                         []Complaint
}

func (a *API) diagnostics() {
	register(a, need(access.SystemManage), huma.Operation{OperationID: "get-diagnostics", Method: http.MethodGet, Path: Prefix + "/system/diagnostics",
		Summary: "What support needs to know, without secrets and data", Tags: []string{"system"},
		Description: "Part of tiers with priority in support: one workspace of such a tier is enough."},
		func(ctx context.Context, _ *struct{}) (*struct {
			Disposition string `header:"Content-Disposition"`
			Body        *Diagnostics
		}, error) {
			d, err := a.Diagnose(ctx)
			return &struct {
				Disposition string `header:"Content-Disposition"`
				Body        *Diagnostics
			}{`attachment; filename="analytix-diagnostics.json"`, d}, err
		})
}

// Diagnose puts the bundle together. The error wraps tier.ErrLimit where no workspace has a tier with priority in support.
func (a *API) Diagnose(ctx context.Context) (*Diagnostics, error) {
	workspaces, err := a.App.SupportedWorkspaces(ctx)
	if err != nil {
		return nil, err
	}
	records, schema, err := a.App.RecordsForm(ctx)
	if err != nil {
		return nil, err
	}
	runs, err := a.App.RunCounts(ctx)
	if err != nil {
		return nil, err
	}
	queue, err := a.queue(ctx, nil)
	if err != nil {
		return nil, err
	}
	tasks, err := a.deadTasks(ctx, nil)
	if err != nil {
		return nil, err
	}
	messages, err := a.deadMessages(ctx, nil)
	if err != nil {
		return nil, err
	}
	backup, err := a.backup(ctx, nil)
	if err != nil {
		return nil, err
	}
	self := a.Self(ctx)
	return &Diagnostics{Made: a.now().UTC(), Version: a.Version, Platform: self.Platform, Up: a.now().Sub(self.Began).Seconds(), Ready: self.Ready,
		Settings: self.Settings, Records: records, Schema: schema, Runs: runs, Workspaces: workspaces, Queue: queue.Body.Counts, Dead: tasks.Body.Tasks,
		Messages: messages.Body.Messages, Backup: backup.Body, Conditions: a.outNow(ctx), Complaints: self.Complaints, Figures: self.Figures}, nil
}
