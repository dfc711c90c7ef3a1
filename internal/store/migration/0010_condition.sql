-- +goose Up
-- What each of the processes that share the records has found out of order, for the others to tell. The body is sealed.
CREATE TABLE process_condition (
    process TEXT PRIMARY KEY,
    body BYTEA NOT NULL,
    seen BIGINT NOT NULL
);

-- +goose Down
DROP TABLE process_condition;
