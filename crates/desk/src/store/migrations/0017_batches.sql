-- Batches of planned debits: imported once, evaluated row by row, decided and exported. What Plaid answered stands in
-- `evaluations` and its tables, under the name that a row got when it was imported: a row's state is told by these.
-- Moments are milliseconds since 1970 in UTC; amounts are cents of US dollars.

CREATE TABLE batches (
    batch_id       TEXT PRIMARY KEY,
    name           TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    -- Without its folder. NULL: pasted.
    file_name      TEXT,
    -- NULL: the ruleset named default.
    ruleset_key    TEXT,
    payment_method TEXT CHECK (payment_method IN ('SAME_DAY_ACH', 'STANDARD_ACH', 'MULTIPLE_PAYMENT_METHODS')),
    is_recurring   INTEGER CHECK (is_recurring IN (0, 1)),
    state          TEXT NOT NULL CHECK (state IN ('ready', 'running', 'paused', 'finished', 'cancelled')),
    created_at     INTEGER NOT NULL,
    started_at     INTEGER,
    ended_at       INTEGER,
    -- JSON of why it was paused, when the user did not pause it.
    problem        TEXT,
    CHECK ((ended_at IS NOT NULL) = (state IN ('finished', 'cancelled'))),
    CHECK (state <> 'ready' OR started_at IS NULL),
    CHECK (problem IS NULL OR state = 'paused')
) STRICT;

CREATE INDEX batches_newest ON batches (created_at);
-- Two do not run at the same time.
CREATE UNIQUE INDEX batches_running ON batches (state) WHERE state = 'running';

CREATE TABLE planned_debits (
    batch_id              TEXT NOT NULL REFERENCES batches (batch_id),
    -- In the order of the file, from 0.
    position              INTEGER NOT NULL,
    -- The line of the file, from 1.
    line                  INTEGER NOT NULL,
    -- Fixed at the import. NULL: left out.
    client_transaction_id TEXT UNIQUE,
    account_id            TEXT REFERENCES accounts (account_id),
    -- Copies, so that it reads the same when the Item is gone; of a row left out, what the file says.
    person_name           TEXT NOT NULL,
    account_name          TEXT NOT NULL,
    account_mask          TEXT,
    institution_name      TEXT NOT NULL,
    cents                 INTEGER CHECK (cents BETWEEN 1 AND 9999999999),
    reference             TEXT,
    -- YYYY-MM-DD
    planned_on            TEXT,
    fate                  TEXT NOT NULL CHECK (fate IN ('planned', 'left_out', 'cancelled')),
    -- Why it was left out, in words.
    why                   TEXT,
    -- Its evaluation failed or is unknown, and it is to be asked again under its name.
    ask_again             INTEGER NOT NULL DEFAULT 0 CHECK (ask_again IN (0, 1)),
    -- JSON of why its evaluation could not even be written down: its account is gone, for example.
    problem               TEXT,
    PRIMARY KEY (batch_id, position),
    CHECK (fate = 'left_out' OR (client_transaction_id IS NOT NULL AND account_id IS NOT NULL AND cents IS NOT NULL)),
    CHECK ((fate = 'left_out') = (why IS NOT NULL))
) STRICT;

CREATE INDEX planned_debits_by_reference ON planned_debits (reference) WHERE reference IS NOT NULL;

-- Which column was what, for files with the same headers.
CREATE TABLE import_mappings (
    -- The headers in lower case, as a JSON list.
    headers TEXT PRIMARY KEY,
    -- JSON.
    mapping TEXT NOT NULL,
    used_at INTEGER NOT NULL
) STRICT;
