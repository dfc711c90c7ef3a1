-- +goose Up
-- One row, written to find out whether anything can be.
CREATE TABLE pulse (
    id BIGINT PRIMARY KEY,
    at BIGINT NOT NULL
);

-- +goose Down
DROP TABLE pulse;
