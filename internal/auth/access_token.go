package auth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/analytix-flow/analytix/internal/identifier"
)

const (
	tokenType  = "at+jwt" // RFC 9068: no other kind of JWT passes for an access token
	maxBearer  = 4096     // bytes
	clockSkew  = 5 * time.Second
	sessionID  = "ses"
	accountID  = "usr"
	apiTokenID = "tok"
)

// claims are what an access token says beside the registered claims.
type claims struct {
	Session string `json:"sid"`
}

// accessToken signs an access token of a session.
func (s *Service) accessToken(account, session string, now time.Time) (Secret, time.Time, error) {
	key, ok := s.signing.current(now)
	if !ok {
		return Secret{}, time.Time{}, errors.New("there is no key to sign access tokens with: is the clock right?")
	}
	opt := (&jose.SignerOptions{}).WithType(tokenType)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.EdDSA, Key: jose.JSONWebKey{Key: key.private, KeyID: key.id}}, opt)
	if err != nil {
		return Secret{}, time.Time{}, errors.New("preparing to sign an access token failed") // the cause could describe the key
	}
	expires := now.Add(s.cfg.AccessTTL).Truncate(time.Second)
	text, err := jwt.Signed(signer).Claims(jwt.Claims{
		Issuer: s.cfg.Issuer, Audience: jwt.Audience{s.cfg.Audience}, Subject: account, ID: identifier.New("jti"),
		IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(expires),
	}).Claims(claims{Session: session}).Serialize()
	if err != nil {
		return Secret{}, time.Time{}, errors.New("signing an access token failed") // see above
	}
	return NewSecret(text), expires, nil
}

// checkAccessToken returns the account and session of an access token. The algorithm is pinned before anything is read,
// the key is only ever one of ours, and every claim must be there.
func (s *Service) checkAccessToken(ctx context.Context, text string) (account, session string, err error) {
	token, err := jwt.ParseSigned(text, []jose.SignatureAlgorithm{jose.EdDSA})
	if err != nil {
		return "", "", fmt.Errorf("reading the token: %w", err)
	}
	if len(token.Headers) != 1 || token.Headers[0].ExtraHeaders[jose.HeaderType] != tokenType {
		return "", "", errors.New("no access token")
	}
	key, err := s.publicKey(ctx, token.Headers[0].KeyID)
	if err != nil {
		return "", "", err
	}
	var std jwt.Claims
	var own claims
	if err := token.Claims(key, &std, &own); err != nil {
		return "", "", fmt.Errorf("checking the signature: %w", err)
	}
	now := s.now()
	expected := jwt.Expected{Issuer: s.cfg.Issuer, AnyAudience: jwt.Audience{s.cfg.Audience}, Time: now}
	if err := std.ValidateWithLeeway(expected, clockSkew); err != nil {
		return "", "", fmt.Errorf("checking the claims: %w", err)
	}
	if std.Expiry == nil || std.IssuedAt == nil || !now.Before(std.Expiry.Time()) || std.ID == "" {
		return "", "", errors.New("expired, or without expiry, time of issue or id")
	}
	if !identifier.Valid(accountID, std.Subject) || !identifier.Valid(sessionID, own.Session) {
		return "", "", errors.New("it names no account or session")
	}
	return std.Subject, own.Session, nil
}
