-- +goose Up
-- What tasks of a kind, on data of a size, took so far.
CREATE TABLE task_need (
    kind TEXT NOT NULL,
    class BIGINT NOT NULL,
    memory BIGINT NOT NULL,
    processors DOUBLE PRECISION NOT NULL,
    samples BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    PRIMARY KEY (kind, class)
);

-- +goose Down
DROP TABLE task_need;
