-- +goose Up
-- Accounts, and what they sign in with. No secret is kept: passwords are argon2id, tokens and links SHA-256 of random
-- bits. lookup, external, origin and subject are keyed hashes, so that they can be found but not read.
CREATE TABLE account (
    id TEXT PRIMARY KEY,
    lookup TEXT NOT NULL UNIQUE,
    external TEXT NOT NULL,
    role TEXT NOT NULL,
    status TEXT NOT NULL,
    version BIGINT NOT NULL,
    profile BYTEA NOT NULL,
    password BYTEA NOT NULL,
    totp BYTEA NOT NULL,
    totp_status TEXT NOT NULL,
    totp_step BIGINT NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    signed_in BIGINT NOT NULL
);
CREATE UNIQUE INDEX account_external ON account (external) WHERE external <> '';
CREATE INDEX account_order ON account (created, id);
CREATE TABLE recovery_code (
    account TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (account, hash)
);
CREATE TABLE session (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    origin TEXT NOT NULL,
    method TEXT NOT NULL,
    restricted BIGINT NOT NULL,
    detail BYTEA NOT NULL,
    created BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    ended BIGINT NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX session_account ON session (account, ended, created);
CREATE INDEX session_expires ON session (expires);
CREATE TABLE refresh_token (
    hash TEXT PRIMARY KEY,
    session TEXT NOT NULL,
    position BIGINT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    used BIGINT NOT NULL,
    request TEXT NOT NULL
);
CREATE UNIQUE INDEX refresh_token_order ON refresh_token (session, position);
CREATE TABLE signing_key (
    id TEXT PRIMARY KEY,
    private BYTEA NOT NULL,
    signs_from BIGINT NOT NULL,
    created BIGINT NOT NULL
);
CREATE TABLE ticket (
    hash TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    account TEXT NOT NULL,
    body BYTEA NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX ticket_account ON ticket (account, kind);
CREATE INDEX ticket_expires ON ticket (expires);
CREATE TABLE api_token (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    hash TEXT NOT NULL,
    name BYTEA NOT NULL,
    scopes TEXT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    used BIGINT NOT NULL,
    revoked BIGINT NOT NULL
);
CREATE INDEX api_token_account ON api_token (account, created);
CREATE TABLE guess (
    subject TEXT PRIMARY KEY,
    failures BIGINT NOT NULL,
    last BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL
);
CREATE INDEX guess_last ON guess (last);

-- +goose Down
DROP TABLE guess;
DROP TABLE api_token;
DROP TABLE ticket;
DROP TABLE signing_key;
DROP TABLE refresh_token;
DROP TABLE session;
DROP TABLE recovery_code;
DROP TABLE account;
