package auth

import (
	"context"
	"log/slog"
	"net/netip"
	"time"
)

// EventKind is a word for what happened. The words are a public contract: the audit keeps them.
type EventKind string

// The kinds of events.
const (
	EventFirstStart      EventKind = "auth.first_start"
	EventSignIn          EventKind = "auth.sign_in"
	EventSignInFailed    EventKind = "auth.sign_in_failed"
	EventLockOut         EventKind = "auth.lock_out"
	EventSignOut         EventKind = "auth.sign_out"
	EventSessionEnded    EventKind = "auth.session_ended"
	EventRefreshReuse    EventKind = "auth.refresh_reuse"
	EventPasswordChanged EventKind = "auth.password_changed"
	EventTOTPEnrolled    EventKind = "auth.totp_enrolled"
	EventTOTPRemoved     EventKind = "auth.totp_removed"
	EventRecoveryUsed    EventKind = "auth.recovery_code_used"
	EventRecoveryRenewed EventKind = "auth.recovery_codes_renewed"
	EventTokenMade       EventKind = "auth.token_made"    //nolint:gosec // a word for what happened
	EventTokenRevoked    EventKind = "auth.token_revoked" //nolint:gosec // see above
	EventAccountCreated  EventKind = "account.created"
	EventAccountChanged  EventKind = "account.changed"
	EventAccountDisabled EventKind = "account.disabled"
	EventAccountEnabled  EventKind = "account.enabled"
	EventLinkMade        EventKind = "account.link_made"
	EventLinkUsed        EventKind = "account.link_used"
	EventKeyRotated      EventKind = "auth.signing_key_rotated"
)

// Event is something that happened to an account, for the audit. It holds no secret and no mail address.
type Event struct {
	Kind    EventKind
	At      time.Time
	Account string // whom it concerns; empty where the account is unknown
	Actor   string // who did it: an account, "" for nobody known, "operator" for the command line
	Session string // or API token
	Address netip.Addr
	Agent   string
	OK      bool
	// Detail says more, by stable words: the reason of a failure, what was changed.
	Detail map[string]string
}

// incident says whether an event is one that somebody should look at.
func (e Event) incident() bool {
	return e.Kind == EventRefreshReuse || e.Kind == EventLockOut || e.Kind == EventRecoveryUsed
}

// tell hands an event to the audit, and incidents to the log as well.
func (s *Service) tell(ctx context.Context, e Event) {
	e.At = s.now()
	if e.incident() {
		s.log.LogAttrs(ctx, slog.LevelWarn, "security incident", slog.String("kind", string(e.Kind)), slog.String("account", e.Account),
			slog.String("session", e.Session), slog.String("address", e.Address.String()))
	}
	if s.onEvent != nil {
		s.onEvent(ctx, e)
	}
}
