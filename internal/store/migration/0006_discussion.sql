-- +goose Up
-- What people say to one another about the findings of a run, who is to see to what, what they are told of, and who is
-- looking at a run at this moment. Seen is 0 for a notice that nobody has read.
CREATE TABLE remark (
    id TEXT PRIMARY KEY,
    workspace TEXT NOT NULL,
    run TEXT NOT NULL,
    item TEXT NOT NULL,
    account TEXT NOT NULL,
    body BYTEA NOT NULL,
    created BIGINT NOT NULL
);
CREATE INDEX remark_run ON remark (run, created, id);
CREATE TABLE assignment (
    run TEXT NOT NULL,
    item TEXT NOT NULL,
    workspace TEXT NOT NULL,
    account TEXT NOT NULL,
    assigner TEXT NOT NULL,
    due BIGINT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (run, item)
);
CREATE TABLE notice (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    workspace TEXT NOT NULL,
    run TEXT NOT NULL,
    kind TEXT NOT NULL,
    body BYTEA NOT NULL,
    created BIGINT NOT NULL,
    seen BIGINT NOT NULL
);
CREATE INDEX notice_account ON notice (account, created, id);
CREATE INDEX notice_run ON notice (run);
CREATE TABLE presence (
    run TEXT NOT NULL,
    account TEXT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (run, account)
);

-- +goose Down
DROP TABLE presence;
DROP TABLE notice;
DROP TABLE assignment;
DROP TABLE remark;
