package discussion_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/analytix-flow/analytix/internal/discussion"
	"github.com/analytix-flow/analytix/internal/store"
)

var errRefused = errors.New("refused")

// post is what a mail server did with the mails that came.
type post struct {
	fail  []error // of the first attempts
	mails []string
	off   bool // the account gets no mail
}

func (p *post) config() *discussion.MailConfig {
	return &discussion.MailConfig{Refused: errRefused, Origin: "https://flow.example.org",
		Send: func(_ context.Context, to, subject, text string) error {
			if len(p.fail) > 0 {
				err := p.fail[0]
				p.fail = p.fail[1:]
				return err
			}
			p.mails = append(p.mails, to+"|"+subject+"|"+text)
			return nil
		},
		Address: func(_ context.Context, account string) (string, bool, error) {
			return account + "@example.org", !p.off, nil
		},
		Name: func(_ context.Context, account string) string { return strings.ToUpper(account) }}
}

func mentioned(t *testing.T, p *post) *desk {
	t.Helper()
	d := begin(t, p.config())
	err := d.store.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		return tx.InsertWorkspace(ctx, store.Workspace{ID: "w", Tier: "professional", Name: "Sales"})
	})
	if err != nil {
		t.Fatal(err)
	}
	say(t, d, place, "ada", "The secret of orders.csv, @bo", "bo")
	if len(d.tasks) != 1 {
		t.Fatalf("%d mails are to be sent", len(d.tasks))
	}
	return d
}

func (d *desk) mailOf(t *testing.T, account string) string {
	t.Helper()
	all, err := d.Notices(t.Context(), account)
	if err != nil || len(all) != 1 {
		t.Fatalf("%v, %v", all, err)
	}
	return all[0].Mail
}

func TestAMailHoldsATitleAndALinkAndNothingElse(t *testing.T) {
	t.Parallel()
	p := &post{}
	d := mentioned(t, p)
	for range 2 { // a task that is worked twice sends one mail
		work(t, d, "discussion.mail", d.tasks[0])
	}
	if len(p.mails) != 1 || !strings.HasPrefix(p.mails[0], "bo@example.org|ADA mentioned you (Sales)|") || !strings.Contains(p.mails[0], "https://flow.example.org/w/w/runs/r\n") {
		t.Errorf("%q", p.mails)
	}
	for _, secret := range []string{"secret", "orders.csv"} {
		if strings.Contains(strings.Join(p.mails, ""), secret) {
			t.Errorf("the mail says %q", secret)
		}
	}
	if got := d.mailOf(t, "bo"); got != discussion.MailSent {
		t.Errorf("the mail is %s", got)
	}
}

func TestAMailIsTriedAgainUntilADayHasPassed(t *testing.T) {
	t.Parallel()
	p := &post{}
	d := mentioned(t, p)
	attempts := 0
	for ; attempts < len(d.tasks) && attempts < 100; attempts++ {
		if at := d.at[attempts]; at.After(d.now) {
			d.now = at
		}
		p.fail = []error{errors.New("the server is away")}
		work(t, d, "discussion.mail", d.tasks[attempts])
	}
	if got := d.mailOf(t, "bo"); got != discussion.MailGivenUp || attempts < 6 || attempts > 20 {
		t.Errorf("after %d attempts it is %s", attempts, got)
	}
	if passed := d.now.Sub(time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)); passed > 24*time.Hour || passed < 12*time.Hour {
		t.Errorf("it was tried for %s", passed)
	}
}

func TestAMailThatIsOfNoUseIsNotSent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		prepare func(*desk, *post) error
		want    string
	}{
		"refused for good": {func(_ *desk, p *post) error { p.fail = []error{errRefused}; return nil }, discussion.MailGivenUp},
		"read meanwhile":   {func(d *desk, _ *post) error { return d.See(t.Context(), "bo", nil) }, discussion.MailDropped},
		"disabled account": {func(_ *desk, p *post) error { p.off = true; return nil }, discussion.MailDropped},
	} {
		p := &post{}
		d := mentioned(t, p)
		if err := c.prepare(d, p); err != nil {
			t.Fatal(err)
		}
		work(t, d, "discussion.mail", d.tasks[0])
		if got := d.mailOf(t, "bo"); got != c.want || len(p.mails) != 0 || len(d.tasks) != 1 {
			t.Errorf("%s: it is %s, %d mails, %d tasks", name, got, len(p.mails), len(d.tasks))
		}
	}
}

func TestOnlyTheKindsThatWereChosenComeByMail(t *testing.T) {
	t.Parallel()
	d := begin(t, (&post{}).config())
	if p, err := d.Preference(t.Context(), "bo"); err != nil || len(p.Mail) != len(discussion.ByMail()) {
		t.Errorf("%v, %v", p, err)
	}
	if err := d.Prefer(t.Context(), "bo", discussion.Preference{Mail: []discussion.Kind{"nonsense"}}); !errors.Is(err, discussion.ErrInvalid) {
		t.Errorf("a kind that there is not: %v", err)
	}
	if err := d.Prefer(t.Context(), "bo", discussion.Preference{Mail: []discussion.Kind{discussion.Assigned, discussion.Assigned}}); err != nil {
		t.Fatal(err)
	}
	say(t, d, place, "ada", "Hello", "bo")
	if len(d.tasks) != 0 {
		t.Error("a mention came by mail")
	}
	if err := d.Assign(t.Context(), place, by("ada"), "bo", time.Time{}); err != nil {
		t.Fatal(err)
	}
	if p, err := d.Preference(t.Context(), "bo"); err != nil || len(d.tasks) != 1 || len(p.Mail) != 1 {
		t.Errorf("%d mails, %v, %v", len(d.tasks), p, err)
	}
}
