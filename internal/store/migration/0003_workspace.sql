-- +goose Up
CREATE TABLE workspace (
    id TEXT PRIMARY KEY,
    tier TEXT NOT NULL,
    version BIGINT NOT NULL,
    body BYTEA NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL
);
CREATE TABLE membership (
    workspace TEXT NOT NULL,
    account TEXT NOT NULL,
    role TEXT NOT NULL,
    source TEXT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (workspace, account)
);
CREATE INDEX membership_account ON membership (account);
CREATE TABLE recipe (
    id TEXT PRIMARY KEY,
    workspace TEXT NOT NULL,
    kind TEXT NOT NULL,
    version BIGINT NOT NULL,
    body BYTEA NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL
);
CREATE INDEX recipe_workspace ON recipe (workspace, created, id);
CREATE TABLE answer (
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    request TEXT NOT NULL,
    status BIGINT NOT NULL,
    body BYTEA NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (account, name)
);
CREATE INDEX answer_created ON answer (created);
ALTER TABLE run ADD COLUMN workspace TEXT NOT NULL DEFAULT '';
CREATE INDEX run_workspace ON run (workspace, created, id);
CREATE INDEX run_updated ON run (updated);

-- +goose Down
DROP INDEX run_updated;
DROP INDEX run_workspace;
ALTER TABLE run DROP COLUMN workspace;
DROP TABLE answer;
DROP TABLE recipe;
DROP TABLE membership;
DROP TABLE workspace;
