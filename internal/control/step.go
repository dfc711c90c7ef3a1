package control

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/analytix-flow/analytix/internal/flow"
)

// ErrConflict is wrapped by errors about an event from a person that does not fit the state of the run.
var ErrConflict = errors.New("the run is not in a state for this")

// Step is the CPM: what a run becomes by an event, and what is to be done about it. It changes nothing else. The
// error wraps ErrConflict, flow.ErrStale or flow.ErrInvalid; the state then stays as it is. A late event of the
// flow itself gives the same state, no command and no error.
func Step(state State, e Event) (State, []Command, error) {
	next := state.clone()
	s := &step{State: &next, e: e}
	if err := s.take(); err != nil {
		return state, nil, err
	}
	return next, s.commands, nil
}

// step is one call of Step under way.
type step struct {
	*State
	e        Event
	commands []Command
}

func (s *step) take() error {
	if s.Status == "" {
		return s.request()
	}
	if s.e.Run != s.Run {
		return s.conflict("the event is of run %s", s.e.Run)
	}
	if s.Status == Aborted || s.Status == Erased {
		return s.conflict("it was aborted")
	}
	switch s.e.Kind {
	case RunRequested:
		return s.conflict("it was requested before")
	case StagePlanned, TaskDone, TaskFailed, StageAssembled, StageConcluded, PointExpired:
		return s.takeFlow()
	case StageReopened:
		return s.reopen()
	case RunRetried:
		return s.retry()
	case RunAborted:
		s.cancelWork()
		s.Status = Aborted
		s.announce()
		return nil
	default:
		return s.takePoint()
	}
}

// takeFlow takes an event of the flow itself; one that is late is dropped.
func (s *step) takeFlow() error {
	st := s.current()
	if s.e.Stage != s.Stage || s.e.Round != st.Round || s.e.Try != st.Try || s.Status == Failed {
		return nil
	}
	switch {
	case s.e.Kind == StagePlanned && st.Phase == Planning:
		return s.planned(st)
	case s.e.Kind == TaskDone && slices.Contains(st.Pending, s.e.Handler):
		s.taskDone(st)
	case s.e.Kind == TaskFailed && (slices.Contains(st.Pending, s.e.Handler) || s.e.Handler == "" && st.managed()):
		s.taskFailed()
	case s.e.Kind == StageAssembled && st.Phase == Assembling && s.e.Proposal != nil:
		s.openPoint(st)
	case s.e.Kind == StageConcluded && st.Phase == Concluding:
		s.concluded(st)
	case s.e.Kind == PointExpired && s.Status == Waiting && !s.e.At.Before(st.Deadline): // and was not renewed since
		s.Status = Expired
		s.announce()
	}
	return nil
}

// takePoint takes what a person, a policy or a recipe does at the open control point.
func (s *step) takePoint() error {
	st := s.current()
	if s.e.Kind == PointRenewed && s.Status == Expired {
		s.wait(st)
		return nil
	}
	if s.Status != Waiting {
		return s.conflict("no control point is open")
	}
	if s.e.Stage != s.Stage || s.e.Round != st.Round {
		return s.conflict("the open control point is that of %s, round %d", s.Stage, st.Round)
	}
	switch s.e.Kind {
	case DecisionTaken:
		return s.decide(st)
	case DecisionWithdrawn:
		return s.withdraw(st)
	case PointClosed:
		return s.closePoint(st)
	case PointSentBack:
		s.keepPast(st, "sent_back", slices.Collect(maps.Values(st.Decisions))...)
		s.begin(s.Stage, s.e.Options)
		return nil
	case PointAsked:
		return s.ask(st)
	default:
		return s.conflict("%q is not known here", s.e.Kind)
	}
}

func (s *step) request() error {
	if s.e.Kind != RunRequested || s.e.Run == "" {
		return s.conflict("it was never requested")
	}
	if s.e.StopAfter != "" && !s.e.StopAfter.Valid() {
		return fmt.Errorf("%w: there is no stage %q to stop after", flow.ErrInvalid, s.e.StopAfter)
	}
	*s.State = State{
		Run: s.e.Run, Status: Running, StopAfter: s.e.StopAfter, PointTTL: s.e.PointTTL, FourEyes: s.e.FourEyes,
		Route: s.e.Route, Stages: map[flow.Stage]*StageState{},
	}
	s.begin(flow.Reception, nil)
	return nil
}

// begin starts a stage, in its first or its next round.
func (s *step) begin(stage flow.Stage, options map[string]any) {
	st := &StageState{Phase: Planning, Options: options, Round: 1}
	if old := s.Stages[stage]; old != nil {
		st.Round, st.Past = old.Round+1, old.Past
	}
	s.Stage, s.Status = stage, Running
	s.Stages[stage] = st
	s.command(Plan, "")
	s.announce()
}

func (s *step) planned(st *StageState) error {
	st.Waves, st.Apply = s.e.Waves, s.e.Apply
	st.Phase = Working
	s.startWave(st)
	return nil
}

// startWave gives out the tasks of the next wave that has any; after the last one the proposal is put together.
func (s *step) startWave(st *StageState) {
	for st.Wave < len(st.Waves) && len(st.Waves[st.Wave]) == 0 {
		st.Wave++
	}
	if st.Wave == len(st.Waves) {
		st.Phase = Assembling
		s.command(Assemble, "")
		return
	}
	st.Pending = slices.Clone(st.Waves[st.Wave])
	for _, h := range st.Pending {
		s.command(Task, h)
	}
}

func (s *step) taskDone(st *StageState) {
	st.Pending = slices.DeleteFunc(st.Pending, func(h string) bool { return h == s.e.Handler })
	if st.Documents == nil { // a stored state leaves empty maps out
		st.Documents = map[string]string{}
	}
	if st.Files == nil {
		st.Files = map[string]string{}
	}
	st.Documents[s.e.Handler] = s.e.Document
	if st.Phase == Applying {
		st.Applied = s.e.Files
		s.finish(st)
		return
	}
	maps.Copy(st.Files, s.e.Files)
	if len(st.Pending) > 0 {
		return
	}
	st.Wave++
	s.startWave(st)
}

func (s *step) taskFailed() {
	s.cancelWork()
	s.Status = Failed
	s.Failure = &Failure{Stage: s.Stage, Handler: s.e.Handler, Message: s.e.Message, Refused: s.e.Refused}
	s.announce()
}

func (s *step) openPoint(st *StageState) {
	before := st.Proposal
	st.Phase, st.Proposal = Open, s.e.Proposal
	if before == nil {
		st.Decisions = map[string]flow.Decision{}
		s.wait(st)
	} else {
		s.widen(st, before)
	}
	s.command(Decide, "")
}

func (s *step) wait(st *StageState) {
	s.Status = Waiting
	if s.PointTTL > 0 {
		st.Deadline = s.e.At.Add(s.PointTTL)
	}
	s.announce()
}

func (s *step) decide(st *StageState) error {
	d := s.e.Decision
	if d == nil {
		return fmt.Errorf("%w: it is empty", flow.ErrInvalid)
	}
	if err := d.Check(st.Proposal); err != nil {
		return err
	}
	old, ok := st.Decisions[d.Item]
	if d.Supersedes != nil && *d.Supersedes != old.ID {
		return fmt.Errorf("item %s: %w: somebody else decided on it in the meantime", d.Item, flow.ErrStale)
	}
	if ok {
		s.keepPast(st, "superseded", old)
	}
	if st.Decisions == nil {
		st.Decisions = map[string]flow.Decision{}
	}
	st.Decisions[d.Item] = *d
	return nil
}

func (s *step) withdraw(st *StageState) error {
	old, ok := st.Decisions[s.e.Item]
	if !ok {
		return s.conflict("no decision was taken on item %q", s.e.Item)
	}
	s.keepPast(st, "withdrawn", old)
	delete(st.Decisions, s.e.Item)
	return nil
}

func (s *step) closePoint(st *StageState) error {
	if s.e.Seen != st.Proposal.Hash {
		return fmt.Errorf("closing the %s control point: %w: look at it again", s.Stage, flow.ErrStale)
	}
	if s.e.Actor.Kind == "" || s.e.Actor.Name == "" {
		return fmt.Errorf("%w: nobody is named as closing the %s control point", flow.ErrInvalid, s.Stage)
	}
	if err := s.otherEyes(st); err != nil {
		return err
	}
	st.Closed = &Closing{Actor: s.e.Actor, At: s.e.At, Seen: s.e.Seen}
	st.Phase, s.Status = Concluding, Running
	s.command(Conclude, "")
	s.announce()
	return nil
}

// ErrFourEyes is wrapped by the error of closing a control point for which a second person is needed.
var ErrFourEyes = errors.New("a second person has to close the control point")

// otherEyes says whether whoever closes the point may, where that has to be somebody else than who decided. A mode has no
// eyes; recipes and policies were looked at when they were written.
func (s *step) otherEyes(st *StageState) error {
	if !s.FourEyes {
		return nil
	}
	if s.e.Actor.Kind == flow.ActorMode {
		return fmt.Errorf("the %s control point of run %s: %w: %q is none", s.Stage, s.Run, ErrFourEyes, s.e.Actor.Name)
	}
	for _, d := range st.Decisions {
		if d.Actor.Kind == flow.ActorPerson && d.Actor == s.e.Actor {
			return fmt.Errorf("the %s control point of run %s: %w: %s decided on item %s", s.Stage, s.Run, ErrFourEyes, d.Actor.Name, d.Item)
		}
	}
	return nil
}

func (s *step) concluded(st *StageState) {
	st.Concluded = s.e.Document
	if s.e.Columns > 0 {
		s.Columns = s.e.Columns
	}
	if len(s.e.Route) > 0 {
		s.Route = s.e.Route
	}
	if st.Apply == "" {
		s.finish(st)
		return
	}
	st.Phase, st.Pending = Applying, []string{st.Apply}
	s.command(Task, st.Apply)
}

func (s *step) finish(st *StageState) {
	st.Phase = Finished
	next, more := s.Stage.Next()
	if !more || s.Stage == s.StopAfter {
		s.Status = Done
		s.announce()
		return
	}
	s.begin(next, nil)
}

// reopen opens the control point of a stage again that was closed before. Its proposal and decisions stand until
// they are changed; what came after is stale and will be made again.
func (s *step) reopen() error {
	st := s.Stages[s.e.Stage]
	if st == nil || st.Closed == nil || st.Phase == Stale {
		return s.conflict("the control point of %q was not closed yet", s.e.Stage)
	}
	s.cancelWork()
	for name, later := range s.Stages {
		if s.e.Stage.Before(name) && later.Phase != Stale {
			s.keepPast(later, "stale", slices.Collect(maps.Values(later.Decisions))...)
			*later = StageState{Phase: Stale, Round: later.Round, Past: later.Past}
		}
	}
	s.Stage, s.Failure = s.e.Stage, nil
	st.Phase, st.Closed, st.Concluded, st.Pending, st.Applied = Open, nil, "", nil, nil
	st.Try++
	s.wait(st)
	return nil
}

// retry gives out anew what was under way when a task failed; what was decided and done stays.
func (s *step) retry() error {
	if s.Status != Failed {
		return s.conflict("nothing has failed")
	}
	st := s.current()
	s.Status, s.Failure = Running, nil
	st.Try++
	switch st.Phase {
	case Planning:
		s.command(Plan, "")
	case Assembling:
		s.command(Assemble, "")
	case Concluding:
		s.command(Conclude, "")
	default:
		for _, h := range st.Pending {
			s.command(Task, h)
		}
	}
	s.announce()
	return nil
}

// managed says whether it is the stage's manager that is at work; a failure without a handler is then its own.
func (st *StageState) managed() bool {
	return st.Phase == Planning || st.Phase == Assembling || st.Phase == Concluding
}

func (s *step) current() *StageState { return s.Stages[s.Stage] }

func (s *step) keepPast(st *StageState, why string, decisions ...flow.Decision) {
	if len(decisions) == 0 {
		return
	}
	slices.SortFunc(decisions, func(a, b flow.Decision) int { return a.At.Compare(b.At) })
	st.Past = append(st.Past, Past{Round: st.Round, Why: why, Decisions: decisions})
}

func (s *step) cancelWork() {
	if len(s.current().Pending) > 0 {
		s.command(Cancel, "")
	}
}

func (s *step) command(kind CommandKind, handler string) {
	st := s.current()
	s.commands = append(s.commands, Command{
		Kind: kind, Run: s.Run, Stage: s.Stage, Round: st.Round, Try: st.Try, Handler: handler,
	})
}

func (s *step) announce() {
	s.commands = append(s.commands, Command{
		Kind: Announce, Run: s.Run, Stage: s.Stage, Round: s.current().Round, Status: s.Status, Phase: s.current().Phase,
	})
}

func (s *step) conflict(format string, args ...any) error {
	return fmt.Errorf("run %s, event %s: %w: %s", s.e.Run, s.e.Kind, ErrConflict, fmt.Sprintf(format, args...))
}
