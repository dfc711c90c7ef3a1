package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/analytix-flow/analytix/internal/identifier"
	"github.com/analytix-flow/analytix/internal/store"
)

// ErrInvalid is wrapped by errors about a webhook that cannot be as it is asked for.
var ErrInvalid = errors.New("the webhook cannot be made like this")

// Most is how many webhooks a workspace may have.
const Most = 20

// Spec is what a person sets of a webhook.
type Spec struct {
	URL    string
	Events []Kind
	Active bool
}

func (s *Service) check(x *Spec) error {
	if err := s.cfg.Outbound.Policy.CheckURL(x.URL); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if len(x.Events) == 0 {
		return fmt.Errorf("%w: it must ask for one event at least", ErrInvalid)
	}
	for _, k := range x.Events {
		if !slices.Contains(Kinds(), k) {
			return fmt.Errorf("%w: there is no event %q", ErrInvalid, k)
		}
	}
	slices.Sort(x.Events)
	x.Events = slices.Compact(x.Events)
	return nil
}

func names(kinds []Kind) []string {
	out := make([]string, len(kinds))
	for i, k := range kinds {
		out[i] = string(k)
	}
	return out
}

// Create makes a webhook and returns it with its secret, which is not shown again.
func (s *Service) Create(ctx context.Context, workspace string, x Spec) (*store.Webhook, string, error) {
	if err := s.check(&x); err != nil {
		return nil, "", err
	}
	secret := newSecret()
	w := store.Webhook{ID: identifier.New("whk"), Workspace: workspace, Active: x.Active,
		WebhookBody: store.WebhookBody{URL: x.URL, Events: names(x.Events), Secret: []byte(secret)}}
	err := s.cfg.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		all, err := tx.Webhooks(ctx, workspace)
		if err != nil {
			return err
		}
		if len(all) >= Most {
			return fmt.Errorf("%w: a workspace has %d webhooks at most; remove one that is not needed", ErrInvalid, Most)
		}
		return tx.InsertWebhook(ctx, w)
	})
	if err != nil {
		return nil, "", err
	}
	made, err := s.Get(ctx, workspace, w.ID)
	return made, secret, err
}

// Get reads a webhook; one of another workspace is not there (store.ErrNotFound).
func (s *Service) Get(ctx context.Context, workspace, id string) (*store.Webhook, error) {
	w, err := s.cfg.Store.Webhook(ctx, id)
	if err != nil {
		return nil, err
	}
	if w.Workspace != workspace {
		return nil, fmt.Errorf("webhook %s: %w", id, store.ErrNotFound)
	}
	return w, nil
}

// List lists the webhooks of a workspace, the oldest first.
func (s *Service) List(ctx context.Context, workspace string) ([]store.Webhook, error) {
	return s.cfg.Store.Webhooks(ctx, workspace)
}

// Change sets a webhook anew, where it is still at the version. Switching it on forgets its failures. The error wraps
// store.ErrConflict where it is at another version.
func (s *Service) Change(ctx context.Context, workspace, id string, version int64, x Spec) (*store.Webhook, error) {
	if err := s.check(&x); err != nil {
		return nil, err
	}
	return s.save(ctx, workspace, id, version, func(w *store.Webhook) {
		w.URL, w.Events = x.URL, names(x.Events)
		if x.Active && !w.Active {
			w.Failures, w.Note = 0, ""
		}
		w.Active = x.Active
	})
}

// Rotate gives a webhook a new secret, which is not shown again; the old one is of no use from then on.
func (s *Service) Rotate(ctx context.Context, workspace, id string) (*store.Webhook, string, error) {
	w, err := s.Get(ctx, workspace, id)
	if err != nil {
		return nil, "", err
	}
	secret := newSecret()
	w, err = s.save(ctx, workspace, id, w.Version, func(w *store.Webhook) { w.Secret = []byte(secret) })
	return w, secret, err
}

func (s *Service) save(ctx context.Context, workspace, id string, version int64, change func(*store.Webhook)) (w *store.Webhook, err error) {
	err = s.cfg.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		if w, err = tx.Webhook(ctx, id); err != nil {
			return err
		}
		if w.Workspace != workspace {
			return fmt.Errorf("webhook %s: %w", id, store.ErrNotFound)
		}
		w.Version = version
		change(w)
		return tx.SaveWebhook(ctx, w)
	})
	if err != nil {
		return nil, err
	}
	return w, nil
}

// Remove removes a webhook with its log; what was not delivered yet is not any more.
func (s *Service) Remove(ctx context.Context, workspace, id string) error {
	if _, err := s.Get(ctx, workspace, id); err != nil {
		return err
	}
	return s.cfg.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.DropWebhook(ctx, id)
		return err
	})
}

// Try sends a webhook a test event.
func (s *Service) Try(ctx context.Context, workspace, id string) (*store.Delivery, error) {
	body, err := json.Marshal(payload{ID: identifier.New("evt"), Event: Test, At: s.now().UTC(), Workspace: workspace})
	if err != nil {
		return nil, fmt.Errorf("writing a test event: %w", err)
	}
	return s.again(ctx, workspace, id, Test, string(Test), body)
}

// Replay sends what a delivery told again, as a new delivery of the same event.
func (s *Service) Replay(ctx context.Context, workspace, id, delivery string) (*store.Delivery, error) {
	d, err := s.Delivery(ctx, workspace, id, delivery)
	if err != nil {
		return nil, err
	}
	return s.again(ctx, workspace, id, Kind(d.Event), d.About, d.Body)
}

// again sends something whether or not it was told before. What it is about is kept: by that it is erased with the run's data.
func (s *Service) again(ctx context.Context, workspace, id string, k Kind, about string, body []byte) (d *store.Delivery, err error) {
	w, err := s.Get(ctx, workspace, id)
	if err != nil {
		return nil, err
	}
	if !w.Active {
		return nil, fmt.Errorf("%w: it is switched off; switch it on first", ErrInvalid)
	}
	err = s.cfg.Store.InTx(ctx, func(ctx context.Context, tx *store.Tx) error {
		d, err = s.enqueue(ctx, tx, w, about+" "+identifier.New("again"), k, body)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.cfg.Store.Delivery(ctx, d.ID)
}

// Delivery reads a delivery of a webhook; one of another workspace or webhook is not there (store.ErrNotFound).
func (s *Service) Delivery(ctx context.Context, workspace, id, delivery string) (*store.Delivery, error) {
	d, err := s.cfg.Store.Delivery(ctx, delivery)
	if err != nil {
		return nil, err
	}
	if d.Workspace != workspace || d.Webhook != id {
		return nil, fmt.Errorf("delivery %s: %w", delivery, store.ErrNotFound)
	}
	return d, nil
}

// Deliveries lists the deliveries of a webhook after a place, the latest first.
func (s *Service) Deliveries(ctx context.Context, workspace, id string, after store.DeliveryPlace, limit int) ([]store.Delivery, error) {
	if _, err := s.Get(ctx, workspace, id); err != nil {
		return nil, err
	}
	return s.cfg.Store.Deliveries(ctx, id, after, limit)
}

// Attempts lists the attempts of a delivery, the first one first.
func (s *Service) Attempts(ctx context.Context, delivery string) ([]store.Attempt, error) {
	return s.cfg.Store.Attempts(ctx, delivery)
}
