-- +goose Up
-- A remark may be edited (0: it was not). A notice may say what it is about, which somebody is told only once, and may go by
-- mail too: mail is empty where it does not, otherwise pending, sent or given_up. What an account wants by mail is sealed.
ALTER TABLE remark ADD COLUMN edited BIGINT NOT NULL DEFAULT 0;
ALTER TABLE notice ADD COLUMN about TEXT NOT NULL DEFAULT '';
ALTER TABLE notice ADD COLUMN mail TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX notice_about ON notice (account, about) WHERE about <> '';
CREATE INDEX assignment_account ON assignment (workspace, account);
CREATE TABLE notice_preference (
    account TEXT PRIMARY KEY,
    body BYTEA NOT NULL,
    updated BIGINT NOT NULL
);

-- +goose Down
DROP TABLE notice_preference;
DROP INDEX assignment_account;
DROP INDEX notice_about;
ALTER TABLE notice DROP COLUMN mail;
ALTER TABLE notice DROP COLUMN about;
ALTER TABLE remark DROP COLUMN edited;
