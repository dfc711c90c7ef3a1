package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/analytix-flow/analytix/internal/access"
	"github.com/analytix-flow/analytix/internal/app"
	"github.com/analytix-flow/analytix/internal/auth"
	"github.com/analytix-flow/analytix/internal/server"
)

// newUsers are the commands for accounts. They work on the folder of a server that does not run: whoever may read its
// master key needs no password.
func newUsers(s *streams) *cobra.Command {
	c := &cobra.Command{Use: "users", Short: "Accounts of the server, on the folder of one that does not run"}
	var name, role string
	create := userCommand("create MAIL", "Make an account and the link with which its owner sets the password", func(ctx context.Context, a *auth.Service, mail string) error {
		account, link, err := a.Create(ctx, auth.Operator(), auth.NewAccount{Name: orElse(name, mail), Email: mail, Role: access.Role(role)})
		if err != nil {
			return err
		}
		return showLink(s.out, account, link)
	})
	create.Flags().StringVar(&name, "name", "", "name as others see it (default: the mail address)")
	create.Flags().StringVar(&role, "role", "", "role in the instance: administrator or operator (default: none)")
	c.AddCommand(create,
		&cobra.Command{Use: "list", Short: "List the accounts", Args: exactArgs(0), RunE: func(cmd *cobra.Command, _ []string) error {
			return visitAccounts(cmd, func(ctx context.Context, a *auth.Service) error { return listUsers(ctx, s.out, a) })
		}},
		userCommand("disable MAIL", "Disable an account: its sessions and tokens end", setDisabled(true)),
		userCommand("enable MAIL", "Enable an account that was disabled", setDisabled(false)),
		userCommand("reset MAIL", "Make a link for a new password; lifts a block after failed attempts once it is used", func(ctx context.Context, a *auth.Service, mail string) error {
			account, err := a.AccountByEmail(ctx, mail)
			if err != nil {
				return err
			}
			link, err := a.Reset(ctx, auth.Operator(), account.ID)
			if err != nil {
				return err
			}
			return showLink(s.out, account, link)
		}),
		userCommand("remove-totp MAIL", "Take away a second factor that its owner lost", func(ctx context.Context, a *auth.Service, mail string) error {
			account, err := a.AccountByEmail(ctx, mail)
			if err != nil {
				return err
			}
			return a.RemoveTOTP(ctx, auth.Operator(), account.ID)
		}))
	return c
}

// newTokens are the commands for API tokens.
func newTokens(s *streams) *cobra.Command {
	c := &cobra.Command{Use: "tokens", Short: "API tokens of the server, on the folder of one that does not run"}
	c.AddCommand(userCommand("list MAIL", "List the API tokens of an account", func(ctx context.Context, a *auth.Service, mail string) error {
		account, err := a.AccountByEmail(ctx, mail)
		if err != nil {
			return err
		}
		return listTokens(ctx, s.out, a, account.ID)
	}), &cobra.Command{Use: "revoke MAIL TOKEN", Short: "Revoke an API token, by its id", Args: exactArgs(2), RunE: func(cmd *cobra.Command, args []string) error {
		return visitAccounts(cmd, func(ctx context.Context, a *auth.Service) error {
			account, err := a.AccountByEmail(ctx, args[0])
			if err != nil {
				return err
			}
			return a.RevokeToken(ctx, auth.Operator(), account.ID, args[1])
		})
	}})
	return c
}

// userCommand does something to the account of a mail address.
func userCommand(use, short string, do func(ctx context.Context, a *auth.Service, mail string) error) *cobra.Command {
	return &cobra.Command{Use: use, Short: short, Args: exactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		return visitAccounts(cmd, func(ctx context.Context, a *auth.Service) error { return do(ctx, a, args[0]) })
	}}
}

func setDisabled(disabled bool) func(context.Context, *auth.Service, string) error {
	return func(ctx context.Context, a *auth.Service, mail string) error {
		account, err := a.AccountByEmail(ctx, mail)
		if err != nil {
			return err
		}
		_, err = a.Change(ctx, auth.Operator(), account.ID, account.Version, auth.Change{Disabled: &disabled})
		return err
	}
}

// visitAccounts opens the accounts of a server's folder without taking up its work.
func visitAccounts(cmd *cobra.Command, do func(context.Context, *auth.Service) error) error {
	cfg, err := serverConfig(cmd)
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	a, err := lookAtServer(ctx, &cfg)
	if err != nil {
		return err
	}
	err = withAccounts(ctx, a, cfg.Data, do)
	if errors.Is(err, auth.ErrInvalid) || errors.Is(err, auth.ErrNotFound) || errors.Is(err, auth.ErrExists) {
		err = usage(err)
	} else if errors.Is(err, auth.ErrForbidden) {
		err = exit{err, exitForbidden}
	}
	return errors.Join(err, a.Close(context.WithoutCancel(ctx)))
}

// withAccounts opens the accounts of an instance. What is done to them is recorded in its access log, by the operator.
func withAccounts(ctx context.Context, a *app.App, home string, do func(context.Context, *auth.Service) error) error {
	log, err := server.OpenAccess(ctx, a, home, 0, nil)
	if err != nil {
		return err
	}
	var unrecorded error
	// Nothing is signed here, so the issuer does not matter.
	accounts, err := auth.New(ctx, auth.Config{Issuer: "command line"}, auth.Parts{Records: a.Records(), Keys: a.Ring(), Workspaces: a.Roles(),
		OnEvent: func(ctx context.Context, e auth.Event) {
			e.Agent = agent
			unrecorded = errors.Join(unrecorded, server.RecordEvent(ctx, log, e))
		}})
	if err == nil {
		err = do(ctx, accounts)
	}
	return errors.Join(err, unrecorded, log.Close(context.WithoutCancel(ctx)))
}

// agent names the command line in the access log.
const agent = "analytix admin"

func showLink(w io.Writer, a *auth.Account, l *auth.Link) error {
	_, err := fmt.Fprintf(w, "%s (%s): whoever opens this page of the server until %s sets the password:\n  /link#%s\n",
		a.Email, a.ID, l.Expires.Format(time.RFC3339), l.Token.Reveal())
	return err
}

func listUsers(ctx context.Context, out io.Writer, a *auth.Service) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "ID\tMAIL\tNAME\tROLE\tSTATUS\tSECOND FACTOR\tLAST SIGN-IN") // errors of a tabwriter show at Flush
	for cursor := ""; ; {
		page, next, err := a.Accounts(ctx, cursor, 200)
		if err != nil {
			return err
		}
		for _, u := range page {
			_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%t\t%s\n", u.ID, u.Email, u.Name, u.Role, u.Status, u.TOTP, when(u.SignedIn))
		}
		if cursor = next; cursor == "" {
			return w.Flush()
		}
	}
}

func listTokens(ctx context.Context, out io.Writer, a *auth.Service, account string) error {
	all, err := a.APITokens(ctx, account)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "ID\tNAME\tSCOPES\tEXPIRES\tLAST USED") // errors of a tabwriter show at Flush
	for _, t := range all {
		_, _ = fmt.Fprintf(w, "%s\t%s\t%v\t%s\t%s\n", t.ID, t.Name, t.Scopes, when(t.Expires), when(t.Used))
	}
	return w.Flush()
}

func when(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.Format("2006-01-02 15:04")
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
