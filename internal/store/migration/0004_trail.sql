-- +goose Up
-- The access log: seq, prev and hash make it a chain, body is what was hashed (sealed). The columns beside are for the
-- search; what could name somebody stands in them as a keyed hash.
CREATE TABLE access (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    action TEXT NOT NULL,
    account TEXT NOT NULL,
    operation TEXT NOT NULL,
    object TEXT NOT NULL,
    workspace TEXT NOT NULL,
    outcome TEXT NOT NULL,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL,
    body BYTEA NOT NULL
);
CREATE INDEX access_at ON access (at);
CREATE INDEX access_account ON access (account, seq);
CREATE INDEX access_object ON access (object, seq);
CREATE INDEX access_workspace ON access (workspace, seq);
-- The end of each chain, and how far each of those that forward it has come.
CREATE TABLE access_mark (
    name TEXT PRIMARY KEY,
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL
);
CREATE TABLE usage (
    workspace TEXT NOT NULL,
    day BIGINT NOT NULL,
    measure TEXT NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (workspace, day, measure)
);
CREATE TABLE webhook (
    id TEXT PRIMARY KEY,
    workspace TEXT NOT NULL,
    active BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    version BIGINT NOT NULL,
    body BYTEA NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL
);
CREATE INDEX webhook_workspace ON webhook (workspace, created, id);
CREATE TABLE delivery (
    id TEXT PRIMARY KEY,
    webhook TEXT NOT NULL,
    workspace TEXT NOT NULL,
    about TEXT NOT NULL,
    event TEXT NOT NULL,
    status TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next BIGINT NOT NULL,
    body BYTEA NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL
);
CREATE UNIQUE INDEX delivery_about ON delivery (webhook, about);
CREATE INDEX delivery_webhook ON delivery (webhook, created, id);
CREATE INDEX delivery_created ON delivery (created);
CREATE TABLE delivery_attempt (
    delivery TEXT NOT NULL,
    attempt BIGINT NOT NULL,
    status BIGINT NOT NULL,
    millis BIGINT NOT NULL,
    body BYTEA NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (delivery, attempt)
);

-- +goose Down
DROP TABLE delivery_attempt;
DROP TABLE delivery;
DROP TABLE webhook;
DROP TABLE usage;
DROP TABLE access_mark;
DROP TABLE access;
