-- +goose Up
-- A dataset of the server: a file on its way in, and once it is there, version 0 from which runs start. Size is -1 while
-- the sender has not said it; expires is 0 for what stays.
CREATE TABLE dataset (
    id TEXT PRIMARY KEY,
    workspace TEXT NOT NULL,
    account TEXT NOT NULL,
    status TEXT NOT NULL,
    size BIGINT NOT NULL,
    received BIGINT NOT NULL,
    body BYTEA NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX dataset_workspace ON dataset (workspace, created, id);
CREATE INDEX dataset_account ON dataset (account, status);
CREATE INDEX dataset_expires ON dataset (status, expires);
CREATE INDEX version_dataset ON version (dataset);
-- What erasure leaves behind, so that what was erased is known to have been there and can be told from what never was.
CREATE TABLE erasure (
    dataset TEXT PRIMARY KEY,
    workspace TEXT NOT NULL,
    body BYTEA NOT NULL,
    created BIGINT NOT NULL
);
CREATE INDEX erasure_workspace ON erasure (workspace, created, dataset);

-- +goose Down
DROP TABLE erasure;
DROP INDEX version_dataset;
DROP TABLE dataset;
