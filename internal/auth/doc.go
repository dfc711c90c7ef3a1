// Package auth says who calls: accounts and their passwords, second factors, sessions, API tokens, sign-in by another
// provider, one-time links, and the throttling of guesses. What somebody may do is the matter of package access.
//
//	a link, a password, OpenID Connect ─► Session ─► access token (JWT, 10 minutes) ─► Authenticate ─► Identity
//	                                         │                                            ▲
//	                                         └─ refresh token (rotates, once)   API token ┘
//
// Invariants:
//   - no secret is kept: passwords as argon2id, every token, link and recovery code as the SHA-256 of random bits;
//     the keys that sign, and the secrets of second factors, are sealed in the records;
//   - a session has at most one live refresh token. Presenting one that was used ends the session, unless it is the
//     very same request (by its id, within seconds, its answer unused), which gets the same answer;
//   - ending a session or disabling an account holds at once in this process, and within seconds in others;
//   - what does not exist costs the same work and gets the same answer as what is wrong;
//   - guesses are counted before the work is done, so that guessing in parallel gains nothing.
package auth
