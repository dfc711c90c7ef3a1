package control

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/analytix-flow/analytix/internal/dataset"
	"github.com/analytix-flow/analytix/internal/flow"
	"github.com/analytix-flow/analytix/internal/stage"
	"github.com/analytix-flow/analytix/internal/store"
	"github.com/analytix-flow/analytix/internal/task"
	"github.com/analytix-flow/analytix/internal/usage"
)

// kindExpire looks for control points whose time has passed.
const (
	kindExpire  = "control.expire"
	expireEvery = 30 * time.Second
)

// kinds lists the kinds of tasks: one for each handler, and those of the service itself.
func (s *Service) kinds() []task.Kind {
	kinds := []task.Kind{{Name: kindExpire, Every: expireEvery, Work: s.expire}, {Name: kindDecide, Light: true, Work: s.decideAlone}}
	for _, st := range flow.Stages() {
		for _, h := range s.managers[st].Handlers() {
			kinds = append(kinds, task.Kind{Name: h.Name(), Work: s.outlasting(s.work)})
		}
	}
	return kinds
}

// outlasting has work done again that failed since the files could not be reached, once they can be: that is no try of its own.
func (s *Service) outlasting(work task.Work) task.Work {
	return func(ctx context.Context, t task.Task, report task.Report) (task.Finish, error) {
		finish, err := work(ctx, t, report)
		for err != nil && s.files.Outlast(ctx) {
			finish, err = work(ctx, t, report)
		}
		return finish, err
	}
}

// work runs a handler. What it found is recorded, and the event posted, in the transaction that completes the task.
func (s *Service) work(ctx context.Context, t task.Task, report task.Report) (task.Finish, error) {
	run, state, err := s.load(ctx, t.Run)
	if err != nil {
		return nil, err
	}
	st := state.Stages[t.Stage]
	if state.Status != Running || state.Stage != t.Stage || st.Round != t.Round || st.Try != t.Try || !slices.Contains(st.Pending, t.Kind) {
		return nil, nil // the run has gone on without it
	}
	job, err := s.job(ctx, run, state, t.Kind)
	if err != nil {
		return nil, err
	}
	began := s.now()
	result, err := s.processor.Run(ctx, job, report)
	if err == nil {
		took := s.now().Sub(began)
		var finish task.Finish
		if finish, err = s.keepResult(ctx, run, state, t, result); err == nil {
			return func(ctx context.Context, tx *store.Tx) error {
				if err := finish(ctx, tx); err != nil {
					return err
				}
				return s.meter(ctx, tx, run, st.Phase, result, took)
			}, nil
		}
	}
	if remove := os.RemoveAll(job.OutDir); remove != nil {
		s.log.WarnContext(ctx, "removing what a failed try left; it is swept later", "run", t.Run, "kind", t.Kind)
	}
	return nil, err
}

// meter adds what a handler did to what the run's workspace used.
func (s *Service) meter(ctx context.Context, tx *store.Tx, run *store.Run, phase Phase, r *stage.Result, took time.Duration) error {
	measure, amount := usage.Rows, r.Files[stage.FileData].Rows
	if phase == Applying {
		measure, amount = usage.Cells, r.Files[dataset.FileChanges].Rows
	}
	if err := usage.Add(ctx, tx, run.Workspace, s.now(), measure, amount); err != nil {
		return err
	}
	return usage.Add(ctx, tx, run.Workspace, s.now(), usage.Millis, took.Milliseconds())
}

// job is what a handler is given in the run's present state.
func (s *Service) job(ctx context.Context, run *store.Run, state *State, handler string) (*stage.Job, error) {
	st := state.current()
	job := &stage.Job{Run: run.ID, Stage: state.Stage, Handler: handler, Round: st.Round, Options: st.Options, Asks: st.Asks}
	if st.Proposal != nil {
		job.Decisions = st.inForce()
	}
	var err error
	if job.Documents, err = s.documents(ctx, run, state); err != nil {
		return nil, err
	}
	if err := s.reread(job.Documents, state); err != nil {
		return nil, fmt.Errorf("run %s: %w", run.ID, err)
	}
	if job.Goal, err = goal(run, job.Documents, state.Stage); err != nil {
		return nil, err
	}
	job.Received, err = s.files.Received(ctx, run.Head.Dataset, &dataset.Received{Ref: run.Head.Ref, Name: run.Head.File,
		Bytes: run.Head.Bytes, SHA256: run.Head.SHA256})
	if err != nil {
		return nil, err
	}
	if job.Files, err = s.inputs(ctx, run, state); err != nil {
		return nil, err
	}
	job.OutDir, job.Key, err = s.files.OutDir(ctx, run.Head.Dataset)
	return job, err
}

// reread has the goal read as was asked for at the control point of this stage, or of one before it.
func (s *Service) reread(docs stage.Documents, state *State) error {
	for _, name := range flow.Stages() {
		st, facts := state.Stages[name], docs[string(flow.Reception)]
		if r, ok := s.managers[name].(stage.Rereader); ok && st != nil && len(facts) > 0 {
			raw, err := r.Reread(facts, st.Options)
			if err != nil {
				return fmt.Errorf("reading the goal otherwise: %w", err)
			}
			docs[string(flow.Reception)] = raw
		}
		if name == state.Stage {
			break
		}
	}
	return nil
}

// documents reads what the run has found: the decided document of each earlier stage under the stage's name, what the
// handlers of the present round found under theirs, and the present stage's own document as far as there is one.
func (s *Service) documents(ctx context.Context, run *store.Run, state *State) (stage.Documents, error) {
	ids := map[string]string{}
	for _, name := range flow.Stages() {
		st := state.Stages[name]
		switch {
		case st == nil:
		case st.Concluded != "":
			ids[string(name)] = st.Concluded
		case st.Proposal != nil:
			ids[string(name)] = st.Proposal.Document
		}
		if name == state.Stage {
			break
		}
	}
	for handler, id := range state.current().Documents {
		ids[handler] = id
	}
	docs := stage.Documents{}
	for name, id := range ids {
		if id == "" {
			continue
		}
		d, err := s.document(ctx, run, id)
		if err != nil {
			return nil, err
		}
		docs[name] = d
	}
	return docs, nil
}

func (s *Service) document(ctx context.Context, run *store.Run, id string) (json.RawMessage, error) {
	d, err := s.store.Document(ctx, id)
	if err != nil {
		return nil, err
	}
	return s.files.Document(ctx, run.Head.Dataset, d.Ref)
}

// goal is the goal as reception read it, and before that as it was given.
func goal(run *store.Run, docs stage.Documents, now flow.Stage) (flow.Goal, error) {
	given := flow.Goal{Text: run.Head.Goal, KPI: run.Head.KPI}
	if now == flow.Reception {
		return given, nil
	}
	var facts struct {
		Context struct {
			Goal flow.Goal `json:"goal_reading"`
		} `json:"context"`
	}
	ok, err := docs.Decode(string(flow.Reception), &facts)
	if err != nil {
		return given, fmt.Errorf("reading the facts of run %s: %w", run.ID, err)
	}
	if !ok || facts.Context.Goal.Text != given.Text {
		return given, nil
	}
	return facts.Context.Goal, nil
}

// keepResult makes what a handler left last, and returns what records it.
func (s *Service) keepResult(ctx context.Context, run *store.Run, state *State, t task.Task, r *stage.Result) (task.Finish, error) {
	e := Event{Kind: TaskDone, Run: t.Run, Stage: t.Stage, Round: t.Round, Try: t.Try, Handler: t.Kind, At: s.now(), Files: map[string]string{}}
	var document *store.Document
	if len(r.Document) > 0 {
		var err error
		document, err = s.keepDocument(ctx, run, store.Document{Stage: t.Stage, Round: t.Round, Try: t.Try, Name: t.Kind}, r.Document)
		if err != nil {
			return nil, err
		}
		e.Document = document.ID
	}
	var files []store.File
	for name, f := range r.Files {
		ref, err := s.files.Keep(ctx, run.Head.Dataset, f.Path)
		if err != nil {
			return nil, err
		}
		id := newID()
		e.Files[name] = id
		files = append(files, store.File{ID: id, Run: t.Run, Stage: t.Stage, Round: t.Round, Try: t.Try, Handler: t.Kind,
			Name: name, Ref: ref, Rows: f.Rows, ContentHash: f.ContentHash})
	}
	version, err := s.newVersion(ctx, run, state, e.Files[stage.FileData], files)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx *store.Tx) error {
		if now, err := tx.Run(ctx, t.Run); err != nil || now.Status == string(Erased) {
			return err
		}
		if err := putDocument(ctx, tx, document); err != nil {
			return err
		}
		for _, f := range files {
			if _, err := tx.PutFile(ctx, f); err != nil {
				return err
			}
		}
		if version != nil {
			if err := tx.PutVersion(ctx, *version); err != nil {
				return err
			}
		}
		return s.post(ctx, tx, e)
	}, nil
}

// newVersion is the record of the dataset version that the file of the id holds; nil where id is empty. The version of
// a file has the file's id.
func (s *Service) newVersion(ctx context.Context, run *store.Run, state *State, id string, files []store.File) (*store.Version, error) {
	i := slices.IndexFunc(files, func(f store.File) bool { return f.ID == id })
	if i < 0 {
		return nil, nil //nolint:nilnil // a handler need not make a version
	}
	parent, err := s.version(ctx, run, state)
	if err != nil {
		return nil, err
	}
	st := state.current()
	v := &store.Version{ID: id, Dataset: run.Head.Dataset, Run: run.ID, Parent: parent, Kind: "parsed", Ref: files[i].Ref,
		ContentHash: files[i].ContentHash, Rows: files[i].Rows}
	decisions := []string{}
	if st.Phase == Applying {
		v.Kind = "cleaned"
		for _, d := range st.inForce() {
			decisions = append(decisions, d.ID)
		}
	}
	v.Decisions, err = json.Marshal(decisions)
	return v, err
}

// version is the id of the dataset version that the present stage works on: before there is a table, of the file as
// received.
func (s *Service) version(ctx context.Context, run *store.Run, state *State) (string, error) {
	if id, ok := state.Inputs()[stage.FileData]; ok {
		return id, nil
	}
	all, err := s.store.Versions(ctx, run.ID)
	if err != nil || len(all) == 0 {
		return "", fmt.Errorf("looking for the versions of run %s: %w", run.ID, err)
	}
	return all[0].ID, nil
}

// taskDied tells the run that a task failed for good.
func (s *Service) taskDied(ctx context.Context, tx *store.Tx, t task.Task, cause error) error {
	if t.Stage == "" { // not a run's
		return nil
	}
	return s.post(ctx, tx, Event{Kind: TaskFailed, Run: t.Run, Stage: t.Stage, Round: t.Round, Try: t.Try, Handler: t.Kind,
		At: s.now(), Message: cause.Error(), Refused: stage.IsRefused(cause)})
}

// Ask runs a handler outside of the run's plan, at once, on what the run has: a preview, an export. The files that it
// wrote are for the caller to use until done is called, which removes them.
func (s *Service) Ask(ctx context.Context, run, handler string, params any, progress func(float64, string)) (r *stage.Result, key []byte, done func() error, err error) {
	record, state, err := s.load(ctx, run)
	if err != nil {
		return nil, nil, nil, err
	}
	if state.Stages[state.Stage] == nil {
		return nil, nil, nil, fmt.Errorf("asking %s of run %s: %w: it has not begun", handler, run, ErrConflict)
	}
	job, err := s.job(ctx, record, state, handler)
	if err != nil {
		return nil, nil, nil, err
	}
	done = func() error { return os.RemoveAll(job.OutDir) }
	if job.Params, err = json.Marshal(params); err == nil {
		r, err = s.processor.Run(ctx, job, progress)
	}
	if err != nil {
		_ = done() // the error of the work is what matters; leftovers are swept
		return nil, nil, nil, fmt.Errorf("asking %s of run %s: %w", handler, run, err)
	}
	return r, job.Key, done, nil
}
