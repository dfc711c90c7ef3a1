package httpapi

import "context"

// names knows accounts by name. Each is looked up once.
type names struct {
	look  func(account string) string
	known map[string]string
}

func (a *API) names(ctx context.Context) *names {
	return &names{known: map[string]string{}, look: func(account string) string {
		x, err := a.Auth.Account(ctx, account)
		if err != nil { // it is gone, or cannot be read now: what it said stays
			return "?"
		}
		return x.Name
	}}
}

func (n *names) of(account string) Someone {
	name, ok := n.known[account]
	if !ok {
		name = n.look(account)
		n.known[account] = name
	}
	return Someone{Account: account, Name: name}
}

func (n *names) all(accounts []string) []Someone {
	out := make([]Someone, len(accounts))
	for i, x := range accounts {
		out[i] = n.of(x)
	}
	return out
}
