-- Evaluations, what Plaid answered, what was decided and what came back, and the reports of both
-- that Plaid does not have yet. Amounts are exact decimal texts in US dollars.

CREATE TABLE evaluations (
    client_transaction_id TEXT PRIMARY KEY CHECK (length(client_transaction_id) BETWEEN 1 AND 36),
    account_id            TEXT NOT NULL REFERENCES accounts (account_id),
    -- Copies, so that it reads the same when the Item is gone.
    account_name          TEXT NOT NULL,
    account_mask          TEXT,
    institution_name      TEXT NOT NULL,
    person_name           TEXT NOT NULL,
    amount                TEXT NOT NULL,
    -- NULL: the ruleset named default.
    ruleset_key           TEXT,
    created_at            INTEGER NOT NULL,
    state                 TEXT NOT NULL CHECK (state IN ('sending', 'answered', 'failed', 'unknown')),
    -- JSON of why there is no answer.
    problem               TEXT,
    CHECK (problem IS NULL OR state IN ('failed', 'unknown'))
) STRICT;

CREATE INDEX evaluations_newest ON evaluations (created_at);
CREATE INDEX evaluations_sending ON evaluations (state) WHERE state = 'sending';

CREATE TABLE evaluation_answers (
    client_transaction_id TEXT PRIMARY KEY REFERENCES evaluations (client_transaction_id),
    result                TEXT CHECK (result IN ('accept', 'review', 'reroute', 'other')),
    -- Plaid's own word.
    result_text           TEXT,
    ruleset_key           TEXT,
    internal_note         TEXT,
    custom_action_key     TEXT,
    available_balance     TEXT,
    current_balance       TEXT,
    customer_risk         INTEGER,
    bank_risk             INTEGER,
    -- JSON lists.
    core_attributes       TEXT NOT NULL,
    warnings              TEXT NOT NULL,
    request_id            TEXT NOT NULL,
    answered_at           INTEGER NOT NULL,
    CHECK ((result IS NULL) = (result_text IS NULL))
) STRICT;

CREATE TABLE decisions (
    decision_id                INTEGER PRIMARY KEY,
    client_transaction_id      TEXT NOT NULL REFERENCES evaluations (client_transaction_id),
    initiated                  INTEGER NOT NULL CHECK (initiated IN (0, 1)),
    days_funds_on_hold         INTEGER CHECK (days_funds_on_hold BETWEEN 0 AND 365),
    decision_outcome           TEXT,
    payment_method             TEXT,
    amount_instantly_available TEXT,
    recorded_at                INTEGER NOT NULL
) STRICT;

CREATE INDEX decisions_by_evaluation ON decisions (client_transaction_id, decision_id);

CREATE TABLE returns (
    return_id             INTEGER PRIMARY KEY,
    client_transaction_id TEXT NOT NULL REFERENCES evaluations (client_transaction_id),
    return_code           TEXT NOT NULL,
    -- YYYY-MM-DD
    returned_on           TEXT,
    recorded_at           INTEGER NOT NULL
) STRICT;

CREATE INDEX returns_by_evaluation ON returns (client_transaction_id, return_id);

-- One row per recorded decision or return: whether Plaid has it.
CREATE TABLE outbox (
    delivery_id           INTEGER PRIMARY KEY AUTOINCREMENT,
    client_transaction_id TEXT NOT NULL REFERENCES evaluations (client_transaction_id),
    decision_id           INTEGER UNIQUE REFERENCES decisions (decision_id),
    return_id             INTEGER UNIQUE REFERENCES returns (return_id),
    state                 TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'refused', 'superseded')),
    attempts              INTEGER NOT NULL,
    next_attempt_at       INTEGER NOT NULL,
    -- JSON of why the last attempt failed.
    problem               TEXT,
    delivered_at          INTEGER,
    request_id            TEXT,
    CHECK ((decision_id IS NULL) <> (return_id IS NULL)),
    CHECK ((state = 'delivered') = (delivered_at IS NOT NULL)),
    CHECK ((state = 'delivered') = (request_id IS NOT NULL)),
    CHECK (state <> 'refused' OR problem IS NOT NULL)
) STRICT;

CREATE INDEX outbox_waiting ON outbox (client_transaction_id, delivery_id) WHERE state = 'waiting';
