package client

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// tokens are what calls carry: a token that was given, or those of a session, which are renewed before they end.
type tokens struct {
	mu      sync.Mutex
	access  string
	refresh string
	expires time.Time
}

// early is how long before its end an access token is renewed.
const early = 30 * time.Second

// signedIn is what a sign-in gives.
type signedIn struct {
	AccessToken  string    `json:"access_token"`
	Expires      time.Time `json:"access_expires"`
	RefreshToken string    `json:"refresh_token"`
}

// SecondFactorError is returned by SignIn where the account has a second factor: call SecondFactor with a code.
type SecondFactorError struct {
	Challenge string    `json:"challenge"`
	Expires   time.Time `json:"expires"`
}

// Error implements error.
func (*SecondFactorError) Error() string { return "the account has a second factor: a code is needed" }

// SignIn opens a session by mail address and password; its tokens are renewed as long as the client is used. Programs that
// run unattended use a personal API token in its place (WithToken).
func (c *Client) SignIn(ctx context.Context, email, password string) error {
	var got struct {
		SignedIn     *signedIn          `json:"signed_in"`
		SecondFactor *SecondFactorError `json:"second_factor"`
	}
	if err := c.Call(ctx, Request{Operation: OpSignIn, Body: map[string]string{"email": email, "password": password}}, &got); err != nil {
		return err
	}
	if got.SecondFactor != nil {
		return got.SecondFactor
	}
	return c.use(got.SignedIn)
}

// SecondFactor ends a sign-in with the code of an authenticator, or a recovery code.
func (c *Client) SecondFactor(ctx context.Context, challenge, code string) error {
	var got signedIn
	if err := c.Call(ctx, Request{Operation: OpSecondFactor, Body: map[string]string{"challenge": challenge, "code": code}}, &got); err != nil {
		return err
	}
	return c.use(&got)
}

// SignOut ends the session.
func (c *Client) SignOut(ctx context.Context) error {
	err := c.Call(ctx, Request{Operation: OpSignOut, Body: struct{}{}}, nil)
	c.tokens.mu.Lock()
	defer c.tokens.mu.Unlock()
	c.tokens.access, c.tokens.refresh = "", ""
	return err
}

func (c *Client) use(s *signedIn) error {
	if s == nil || s.AccessToken == "" {
		return errors.New("signing in: the answer holds no token")
	}
	c.tokens.mu.Lock()
	defer c.tokens.mu.Unlock()
	c.tokens.access, c.tokens.refresh, c.tokens.expires = s.AccessToken, s.RefreshToken, s.Expires
	return nil
}

// token is what a call carries. One that is about to end is renewed, by one call at a time: a refresh token is good once.
func (c *Client) token(ctx context.Context, op Operation) (string, error) {
	if op == OpSignIn || op == OpSecondFactor || op == OpRefresh {
		return "", nil
	}
	t := &c.tokens
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.refresh == "" || time.Until(t.expires) > early {
		return t.access, nil
	}
	var got signedIn
	// The key has the server answer the same again where its first answer was lost.
	err := c.Call(ctx, Request{Operation: OpRefresh, Header: http.Header{"Idempotency-Key": {rand.Text()}}, Body: map[string]string{"refresh_token": t.refresh}}, &got)
	if err != nil {
		return "", fmt.Errorf("renewing the session: %w", err)
	}
	t.access, t.refresh, t.expires = got.AccessToken, got.RefreshToken, got.Expires
	return t.access, nil
}
