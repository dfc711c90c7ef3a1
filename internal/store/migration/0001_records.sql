-- +goose Up
-- Types are chosen so that the same text runs on SQLite and PostgreSQL. Times are microseconds since 1970 (UTC).
CREATE TABLE run (
    id TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    stage TEXT NOT NULL,
    tier TEXT NOT NULL,
    version BIGINT NOT NULL,
    head BYTEA NOT NULL,
    state BYTEA NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL
);
CREATE TABLE inbox (
    consumer TEXT NOT NULL,
    message TEXT NOT NULL,
    run TEXT NOT NULL,
    seq BIGINT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (consumer, message)
);
CREATE UNIQUE INDEX inbox_order ON inbox (consumer, run, seq);
CREATE TABLE outbox (
    id TEXT PRIMARY KEY,
    position BIGINT NOT NULL UNIQUE,
    run TEXT NOT NULL,
    channel TEXT NOT NULL,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    body BYTEA NOT NULL,
    sent BIGINT NOT NULL,
    created BIGINT NOT NULL
);
CREATE UNIQUE INDEX outbox_order ON outbox (run, channel, seq);
CREATE INDEX outbox_pending ON outbox (sent, position);
CREATE TABLE decision (
    id TEXT PRIMARY KEY,
    run TEXT NOT NULL,
    stage TEXT NOT NULL,
    round BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    body BYTEA NOT NULL
);
CREATE UNIQUE INDEX decision_order ON decision (run, seq);
CREATE TABLE document (
    id TEXT PRIMARY KEY,
    run TEXT NOT NULL,
    stage TEXT NOT NULL,
    round BIGINT NOT NULL,
    try BIGINT NOT NULL,
    name TEXT NOT NULL,
    ref TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    created BIGINT NOT NULL
);
CREATE UNIQUE INDEX document_name ON document (run, stage, round, try, name);
CREATE TABLE file (
    id TEXT PRIMARY KEY,
    run TEXT NOT NULL,
    stage TEXT NOT NULL,
    round BIGINT NOT NULL,
    try BIGINT NOT NULL,
    handler TEXT NOT NULL,
    name TEXT NOT NULL,
    ref TEXT NOT NULL,
    row_count BIGINT NOT NULL,
    content_hash TEXT NOT NULL,
    created BIGINT NOT NULL
);
CREATE UNIQUE INDEX file_name ON file (run, stage, round, try, handler, name);
CREATE TABLE version (
    id TEXT PRIMARY KEY,
    dataset TEXT NOT NULL,
    run TEXT NOT NULL,
    parent TEXT NOT NULL,
    kind TEXT NOT NULL,
    ref TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    row_count BIGINT NOT NULL,
    decisions BYTEA NOT NULL,
    seq BIGINT NOT NULL,
    created BIGINT NOT NULL
);
CREATE UNIQUE INDEX version_order ON version (run, seq);
CREATE TABLE data_key (
    dataset TEXT PRIMARY KEY,
    wrapped BYTEA NOT NULL,
    created BIGINT NOT NULL
);
CREATE TABLE audit (
    run TEXT NOT NULL,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL,
    body BYTEA NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (run, seq)
);
CREATE TABLE progress (
    run TEXT NOT NULL,
    task TEXT NOT NULL,
    fraction DOUBLE PRECISION NOT NULL,
    sentence BYTEA NOT NULL,
    updated BIGINT NOT NULL,
    PRIMARY KEY (run, task)
);
CREATE TABLE dead_task (
    id TEXT PRIMARY KEY,
    run TEXT NOT NULL,
    stage TEXT NOT NULL,
    round BIGINT NOT NULL,
    try BIGINT NOT NULL,
    handler TEXT NOT NULL,
    tier TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    reason BYTEA NOT NULL,
    created BIGINT NOT NULL
);

-- +goose Down
DROP TABLE dead_task;
DROP TABLE progress;
DROP TABLE audit;
DROP TABLE data_key;
DROP TABLE version;
DROP TABLE file;
DROP TABLE document;
DROP TABLE decision;
DROP TABLE outbox;
DROP TABLE inbox;
DROP TABLE run;
