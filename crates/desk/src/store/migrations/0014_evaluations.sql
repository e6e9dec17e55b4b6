-- What else an evaluation is asked with and answers, how one without an answer was settled, what action keys mean to
-- the user, and the margin of the estimate "how much could be debited".
-- Moments are milliseconds since 1970 in UTC.

-- The user's own words about the debit; never sent.
ALTER TABLE evaluations ADD COLUMN purpose TEXT;
-- JSON of what was sent besides account, amount, ruleset and id: only what was entered. NULL before this step.
ALTER TABLE evaluations ADD COLUMN asked_with TEXT;
-- What was found out about one without an answer: Plaid never had it, or has it and the answer is lost.
ALTER TABLE evaluations ADD COLUMN settled TEXT CHECK (settled IN ('never_asked', 'asked_answer_lost'));
-- Whether finding out has left a report "not initiated" at Plaid, which only a later decision corrects.
ALTER TABLE evaluations ADD COLUMN told_not_initiated INTEGER NOT NULL DEFAULT 0 CHECK (told_not_initiated IN (0, 1));

CREATE INDEX evaluations_unsettled ON evaluations (created_at) WHERE state = 'unknown' AND settled IS NULL;

ALTER TABLE evaluation_answers ADD COLUMN customer_tier INTEGER;
ALTER TABLE evaluation_answers ADD COLUMN bank_tier INTEGER;

CREATE INDEX evaluation_answers_by_action ON evaluation_answers (custom_action_key) WHERE custom_action_key IS NOT NULL;
CREATE INDEX evaluations_by_ruleset ON evaluations (ruleset_key, created_at) WHERE ruleset_key IS NOT NULL;

CREATE TABLE action_keys (
    custom_action_key TEXT PRIMARY KEY CHECK (length(custom_action_key) BETWEEN 1 AND 200),
    -- The user's words.
    meaning           TEXT NOT NULL CHECK (length(meaning) BETWEEN 1 AND 200),
    days_to_hold      INTEGER CHECK (days_to_hold BETWEEN 0 AND 365)
) STRICT;

-- One row: what is kept back from a known balance. Exact decimal texts; the amount in US dollars.
CREATE TABLE debit_margin (
    only    INTEGER PRIMARY KEY CHECK (only = 1),
    percent TEXT NOT NULL,
    amount  TEXT NOT NULL
) STRICT;

INSERT INTO debit_margin VALUES (1, '10', '0');
