package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Notice tells somebody of something.
type Notice struct {
	ID        string
	Account   string // who is told
	Workspace string
	Run       string
	Kind      string
	About     string // what it tells; an account is told the same only once, but for the empty one
	Mail      string // how it stands with the mail that tells the same; empty where there is none
	NoticeBody
	Created time.Time
	Seen    time.Time // zero while nobody has read it
}

// NoticeBody is what is sealed of a notice.
type NoticeBody struct {
	From  string    `json:"from,omitempty"` // account
	Item  string    `json:"item,omitempty"`
	File  string    `json:"file,omitempty"`
	Stage string    `json:"stage,omitempty"`
	Text  string    `json:"text,omitempty"` // the beginning of a remark
	Due   time.Time `json:"due,omitzero"`
}

const noticeColumns = "id, account, workspace, run, kind, about, mail, body, created, seen"

func (s *Store) scanNotice(scan func(...any) error) (Notice, error) {
	var n Notice
	var body []byte
	var created, seen int64
	if err := scan(&n.ID, &n.Account, &n.Workspace, &n.Run, &n.Kind, &n.About, &n.Mail, &body, &created, &seen); err != nil {
		return n, err
	}
	n.Created, n.Seen = moment(created), perhaps(seen)
	return n, s.unsealJSON(body, &n.NoticeBody)
}

// InsertNotice records a notice that nobody has read; false where the account was told the same before.
func (t *Tx) InsertNotice(ctx context.Context, n Notice) (bool, error) {
	body, err := t.s.sealJSON(n.NoticeBody)
	if err != nil {
		return false, fmt.Errorf("encrypting notice %s: %w", n.ID, err)
	}
	added, err := t.exec(ctx, "INSERT INTO notice ("+noticeColumns+") VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10) "+
		"ON CONFLICT (account, about) WHERE about <> '' DO NOTHING", n.ID, n.Account, n.Workspace, n.Run, n.Kind, n.About, n.Mail, body, t.s.now(), int64(0))
	if err != nil {
		return false, fmt.Errorf("recording notice %s: %w", n.ID, err)
	}
	return added > 0, nil
}

// Notice reads a notice; the error wraps ErrNotFound where there is none.
func (s *Store) Notice(ctx context.Context, id string) (*Notice, error) {
	n, err := s.scanNotice(s.read.QueryRowContext(ctx, "SELECT "+noticeColumns+" FROM notice WHERE id = $1", id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("notice %s: %w", id, err)
	}
	return &n, nil
}

// SetNoticeMail records how it stands with the mail of a notice.
func (t *Tx) SetNoticeMail(ctx context.Context, id, mail string) error {
	if _, err := t.exec(ctx, "UPDATE notice SET mail = $1 WHERE id = $2", mail, id); err != nil {
		return fmt.Errorf("recording the mail of notice %s: %w", id, err)
	}
	return nil
}

// Notices lists what an account was told of, the latest first.
func (s *Store) Notices(ctx context.Context, account string, limit int) ([]Notice, error) {
	all, err := list(ctx, s.read, s.scanNotice, "SELECT "+noticeColumns+" FROM notice WHERE account = $1 ORDER BY created DESC, id DESC LIMIT $2", account, limit)
	if err != nil {
		return nil, fmt.Errorf("listing the notices of account %s: %w", account, err)
	}
	return all, nil
}

// SeeNotices marks notices of an account as read: those of the ids, or all where there are none.
func (t *Tx) SeeNotices(ctx context.Context, account string, ids []string) error {
	query, args := "UPDATE notice SET seen = $1 WHERE account = $2 AND seen = 0", [][]any{{t.s.now(), account}}
	if len(ids) > 0 {
		query, args = query+" AND id = $3", nil
		for _, id := range ids {
			args = append(args, []any{t.s.now(), account, id})
		}
	}
	for _, a := range args {
		if _, err := t.exec(ctx, query, a...); err != nil {
			return fmt.Errorf("marking notices of account %s as read: %w", account, err)
		}
	}
	return nil
}

// DropNotices removes notices that are older than a moment, and says how many.
func (t *Tx) DropNotices(ctx context.Context, before time.Time) (int64, error) {
	n, err := t.exec(ctx, "DELETE FROM notice WHERE created < $1", before.UnixMicro())
	if err != nil {
		return 0, fmt.Errorf("removing old notices: %w", err)
	}
	return n, nil
}

// NoticePreference reads what an account chose about its notices; false where it chose nothing.
func (s *Store) NoticePreference(ctx context.Context, account string, into any) (bool, error) {
	return s.noticePreference(ctx, s.read, account, into)
}

// NoticePreference reads what an account chose about its notices; false where it chose nothing.
func (t *Tx) NoticePreference(ctx context.Context, account string, into any) (bool, error) {
	return t.s.noticePreference(ctx, t.tx, account, into)
}

func (s *Store) noticePreference(ctx context.Context, q querier, account string, into any) (bool, error) {
	var body []byte
	err := q.QueryRowContext(ctx, "SELECT body FROM notice_preference WHERE account = $1", account).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err == nil {
		err = s.unsealJSON(body, into)
	}
	if err != nil {
		return false, fmt.Errorf("reading what account %s wants to be told: %w", account, err)
	}
	return true, nil
}

// PutNoticePreference writes what an account chose about its notices.
func (t *Tx) PutNoticePreference(ctx context.Context, account string, preference any) error {
	body, err := t.s.sealJSON(preference)
	if err == nil {
		_, err = t.exec(ctx, "INSERT INTO notice_preference (account, body, updated) VALUES ($1,$2,$3) "+
			"ON CONFLICT (account) DO UPDATE SET body = excluded.body, updated = excluded.updated", account, body, t.s.now())
	}
	if err != nil {
		return fmt.Errorf("recording what account %s wants to be told: %w", account, err)
	}
	return nil
}
