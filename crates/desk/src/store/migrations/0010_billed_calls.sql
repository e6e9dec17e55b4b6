-- Calls that Plaid bills: a row before the call leaves, and how it ended after it, so that a crash loses no count.
-- What the user pays for them, and when they are asked before many are made.
-- Moments are milliseconds since 1970 in UTC.

CREATE TABLE billed_calls (
    call_id    INTEGER PRIMARY KEY,
    endpoint   TEXT NOT NULL CHECK (endpoint IN ('balances', 'evaluation')),
    item_id    TEXT NOT NULL REFERENCES items (item_id),
    -- The evaluation's client_transaction_id: asked again, it has one row more.
    evaluation TEXT,
    at         INTEGER NOT NULL,
    -- asked: nothing is known of its end (yet). refused: not billed. unknown: may be billed.
    outcome    TEXT NOT NULL CHECK (outcome IN ('asked', 'answered', 'refused', 'unknown')),
    request_id TEXT,
    CHECK ((endpoint = 'evaluation') = (evaluation IS NOT NULL))
) STRICT;

CREATE INDEX billed_calls_by_time ON billed_calls (at, endpoint, outcome);
CREATE INDEX billed_calls_by_evaluation ON billed_calls (evaluation) WHERE evaluation IS NOT NULL;

-- What was billed before it was counted.
INSERT INTO billed_calls (endpoint, item_id, at, outcome, request_id)
    SELECT 'balances', min(item_id), min(read_at), 'answered', request_id
    FROM readings JOIN accounts USING (account_id)
    WHERE source = 'live' GROUP BY request_id;
INSERT INTO billed_calls (endpoint, item_id, evaluation, at, outcome, request_id)
    SELECT 'evaluation', item_id, client_transaction_id, answered_at, 'answered', request_id
    FROM evaluation_answers JOIN evaluations USING (client_transaction_id) JOIN accounts USING (account_id);

-- More live balances than this at once are confirmed first.
ALTER TABLE settings ADD COLUMN confirm_above_calls INTEGER NOT NULL DEFAULT 20
    CHECK (confirm_above_calls BETWEEN 0 AND 100000);
-- Exact decimal texts; absent: the user has not said.
ALTER TABLE settings ADD COLUMN price_per_balance_call TEXT;
ALTER TABLE settings ADD COLUMN price_per_evaluation TEXT;
-- ISO 4217 code.
ALTER TABLE settings ADD COLUMN price_currency TEXT NOT NULL DEFAULT 'USD';
ALTER TABLE settings ADD COLUMN refresh_cached_on_open INTEGER NOT NULL DEFAULT 0
    CHECK (refresh_cached_on_open IN (0, 1));
