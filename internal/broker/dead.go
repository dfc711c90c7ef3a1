package broker

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// DeadLetter is a message that could not be handled.
type DeadLetter struct {
	Seq      uint64 // its place among the dead letters, by which Replay finds it
	Message  Message
	Consumer string
	Tries    int
	Reason   string
	At       time.Time
}

const (
	headerConsumer = "Analytix-Consumer"
	headerTries    = "Analytix-Tries"
	headerReason   = "Analytix-Reason"
	// replayMark sets off what is added to the id of a message that is replayed, so that it is not taken for a repetition.
	replayMark = "/replay-"
)

// bury moves a message to the dead letters. The error is about the burying: the message is then kept where it is.
func (s *Subscription) bury(raw jetstream.Msg, tries int, reason error) error {
	m := received(raw)
	out := nats.NewMsg(deadPrefix + m.Run + "." + m.Kind)
	out.Data = m.Data
	out.Header.Set(headerConsumer, s.name)
	out.Header.Set(headerTries, strconv.Itoa(tries))
	out.Header.Set(headerReason, strconv.Quote(reason.Error()))
	out.Header.Set(nats.MsgIdHdr, raw.Headers().Get(nats.MsgIdHdr))
	ack, err := s.broker.js.PublishMsg(s.ctx, out)
	if err != nil {
		return fmt.Errorf("setting message %s of run %s aside: %w", m.ID, m.Run, err)
	}
	s.broker.cfg.Log.Error("a message could not be handled and was set aside",
		"consumer", s.name, "run", m.Run, "kind", m.Kind, "tries", tries, "error", reason)
	if s.broker.cfg.OnDead != nil {
		s.broker.cfg.OnDead(DeadLetter{Seq: ack.Sequence, Message: m, Consumer: s.name, Tries: tries,
			Reason: reason.Error(), At: time.Now()})
	}
	return nil
}

// DeadLetters lists the messages that could not be handled, oldest first.
func (b *Broker) DeadLetters(ctx context.Context) ([]DeadLetter, error) {
	info, err := b.dead.Info(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing the dead letters: %w", err)
	}
	var all []DeadLetter
	if info.State.Msgs == 0 {
		return nil, nil
	}
	for seq := info.State.FirstSeq; seq <= info.State.LastSeq; seq++ {
		m, err := b.dead.GetMsg(ctx, seq)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("reading dead letter %d: %w", seq, err)
		}
		all = append(all, letter(m))
	}
	return all, nil
}

func letter(m *jetstream.RawStreamMsg) DeadLetter {
	run, kind := split(prefix + m.Subject[len(deadPrefix):])
	reason := m.Header.Get(headerReason)
	if text, err := strconv.Unquote(reason); err == nil {
		reason = text
	}
	tries, err := strconv.Atoi(m.Header.Get(headerTries))
	if err != nil {
		tries = 0 // written by something else
	}
	id, _, _ := strings.Cut(m.Header.Get(nats.MsgIdHdr), replayMark)
	return DeadLetter{Seq: m.Sequence, Consumer: m.Header.Get(headerConsumer), Tries: tries, Reason: reason, At: m.Time,
		Message: Message{ID: id, Run: run, Kind: kind, Data: m.Data}}
}

// ErrNoLetter is wrapped by the error about a dead letter that is not there, or not any more.
var ErrNoLetter = errors.New("there is no such dead letter")

// Replay sends a dead letter again, behind what its run has waiting, and takes it off the dead letters.
func (b *Broker) Replay(ctx context.Context, seq uint64) error {
	m, err := b.dead.GetMsg(ctx, seq)
	if errors.Is(err, jetstream.ErrMsgNotFound) || errors.Is(err, jetstream.ErrNoMessages) || seq == 0 {
		return fmt.Errorf("dead letter %d: %w", seq, ErrNoLetter)
	}
	if err != nil {
		return fmt.Errorf("reading dead letter %d: %w", seq, err)
	}
	d := letter(m)
	d.Message.ID += replayMark + strconv.FormatUint(seq, 10)
	if err := b.Publish(ctx, d.Message); err != nil {
		return err
	}
	if err := b.dead.DeleteMsg(ctx, seq); err != nil {
		return fmt.Errorf("dead letter %d was sent again, but is still listed: %w", seq, err)
	}
	return nil
}
