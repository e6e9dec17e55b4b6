-- The last answers of Plaid about each Item, for its support. Bodies are without tokens and without anything the
-- client does not know to be harmless.

CREATE TABLE answers (
    answer_id   INTEGER PRIMARY KEY,
    item_id     TEXT NOT NULL REFERENCES items (item_id),
    -- Where it was about one account only.
    account_id  TEXT,
    endpoint    TEXT NOT NULL,
    at          INTEGER NOT NULL,
    request_id  TEXT,
    -- Absent when no answer came.
    http_status INTEGER,
    duration_ms INTEGER NOT NULL,
    body        TEXT,
    -- Why no answer came.
    failure     TEXT
) STRICT;

CREATE INDEX answers_by_item ON answers (item_id, answer_id);
