-- Decisions and their delivery: which decisions are due, what else can become of a report than that Plaid gets it, and
-- the files that Plaid's Dashboard imports instead of reports.
-- Moments are milliseconds since 1970 in UTC.

-- SQLite cannot change a CHECK: the outbox is written anew.
CREATE TABLE outbox_anew (
    delivery_id           INTEGER PRIMARY KEY AUTOINCREMENT,
    client_transaction_id TEXT NOT NULL REFERENCES evaluations (client_transaction_id),
    decision_id           INTEGER UNIQUE REFERENCES decisions (decision_id),
    return_id             INTEGER UNIQUE REFERENCES returns (return_id),
    -- The reports of one evaluation leave in this order. It is the order of recording, except that a decision goes
    -- before the returns that Plaid does not have: Plaid takes no return of a debit that it has as not initiated.
    place                 INTEGER NOT NULL,
    -- superseded: a later one says what this one was to say; Plaid does not get it.
    -- filed: the user has said that Plaid got it in a file. left_out: the user has given it up after a refusal.
    state                 TEXT NOT NULL CHECK (state IN
                              ('waiting', 'delivered', 'refused', 'superseded', 'filed', 'left_out')),
    attempts              INTEGER NOT NULL,
    next_attempt_at       INTEGER NOT NULL,
    -- JSON of why the last attempt failed.
    problem               TEXT,
    delivered_at          INTEGER,
    request_id            TEXT,
    -- When the user said that it is filed or left out.
    set_aside_at          INTEGER,
    CHECK ((decision_id IS NULL) <> (return_id IS NULL)),
    CHECK ((state = 'delivered') = (delivered_at IS NOT NULL)),
    CHECK ((state = 'delivered') = (request_id IS NOT NULL)),
    CHECK ((state IN ('filed', 'left_out')) = (set_aside_at IS NOT NULL)),
    CHECK (state NOT IN ('refused', 'left_out') OR problem IS NOT NULL)
) STRICT;

INSERT INTO outbox_anew (delivery_id, client_transaction_id, decision_id, return_id, place, state, attempts,
                         next_attempt_at, problem, delivered_at, request_id)
SELECT delivery_id, client_transaction_id, decision_id, return_id, delivery_id, state, attempts,
       next_attempt_at, problem, delivered_at, request_id
  FROM outbox ORDER BY delivery_id;

DROP TABLE outbox;
ALTER TABLE outbox_anew RENAME TO outbox;

CREATE UNIQUE INDEX outbox_in_order ON outbox (place);
CREATE INDEX outbox_waiting ON outbox (client_transaction_id, place) WHERE state = 'waiting';
CREATE INDEX outbox_to_send ON outbox (next_attempt_at, place) WHERE state = 'waiting';
CREATE INDEX outbox_refused ON outbox (place) WHERE state = 'refused';
CREATE INDEX outbox_delivered ON outbox (delivered_at) WHERE state = 'delivered';
CREATE INDEX outbox_set_aside ON outbox (set_aside_at) WHERE state IN ('filed', 'left_out');
CREATE INDEX outbox_by_evaluation ON outbox (client_transaction_id, place);

-- What the user has said was done with a debit and has not recorded as a decision yet. Recording one takes it away.
CREATE TABLE debit_marks (
    client_transaction_id TEXT PRIMARY KEY REFERENCES evaluations (client_transaction_id),
    initiated             INTEGER NOT NULL CHECK (initiated IN (0, 1)),
    marked_at             INTEGER NOT NULL
) STRICT;

-- For the first part of decisions_due: word for word its condition.
CREATE INDEX answers_to_decide ON evaluation_answers (answered_at, client_transaction_id)
    WHERE result IS NULL OR result IN ('review', 'other');
-- For its last part.
CREATE INDEX evaluations_told ON evaluations (client_transaction_id) WHERE told_not_initiated = 1;

-- Evaluations whose decision Plaid needs and does not get by inference, since when, and why. An ACCEPT is inferred to be
-- initiated and a REROUTE not to be; every other result needs a decision, and so does whatever was done against the
-- result or against the last decision. An evaluation stands here once:
--   review, other, no_result: nothing is recorded, and the result says neither yes nor no;
--   initiated, not_initiated: the user has marked that this was done, against the decision or else the result;
--   returned: the debit came back, and by the decision or else the result it was never initiated;
--   told: finding out what had become of the question has told Plaid "not initiated", the answer came later, it is
--     ACCEPT, and nothing is recorded: Plaid does not infer any more.
CREATE VIEW decisions_due (client_transaction_id, reason, since) AS
SELECT a.client_transaction_id, coalesce(a.result, 'no_result'), a.answered_at
  FROM evaluation_answers AS a
 WHERE (result IS NULL OR result IN ('review', 'other'))
   AND NOT EXISTS (SELECT 1 FROM decisions AS d WHERE d.client_transaction_id = a.client_transaction_id)
UNION ALL
SELECT m.client_transaction_id, iif(m.initiated, 'initiated', 'not_initiated'), m.marked_at
  FROM debit_marks AS m JOIN evaluation_answers AS a USING (client_transaction_id)
 WHERE m.initiated <> coalesce(
           (SELECT initiated FROM decisions AS d WHERE d.client_transaction_id = m.client_transaction_id
             ORDER BY decision_id DESC LIMIT 1),
           CASE a.result WHEN 'accept' THEN 1 WHEN 'reroute' THEN 0 END)
UNION ALL
SELECT r.client_transaction_id, 'returned', min(r.recorded_at)
  FROM returns AS r JOIN evaluation_answers AS a USING (client_transaction_id)
 WHERE coalesce(
           (SELECT initiated FROM decisions AS d WHERE d.client_transaction_id = r.client_transaction_id
             ORDER BY decision_id DESC LIMIT 1),
           CASE a.result WHEN 'accept' THEN 1 WHEN 'reroute' THEN 0 END) = 0
   AND NOT EXISTS (SELECT 1 FROM debit_marks AS m
                    WHERE m.client_transaction_id = r.client_transaction_id AND m.initiated)
 GROUP BY r.client_transaction_id
UNION ALL
SELECT e.client_transaction_id, 'told', a.answered_at
  FROM evaluations AS e JOIN evaluation_answers AS a USING (client_transaction_id)
 WHERE e.told_not_initiated = 1 AND a.result = 'accept'
   AND NOT EXISTS (SELECT 1 FROM decisions AS d WHERE d.client_transaction_id = e.client_transaction_id)
   AND NOT EXISTS (SELECT 1 FROM debit_marks AS m
                    WHERE m.client_transaction_id = e.client_transaction_id AND NOT m.initiated);

-- Files in the form in which Plaid's Dashboard imports reports, and what was in each.
CREATE TABLE report_files (
    file_id    INTEGER PRIMARY KEY,
    kind       TEXT NOT NULL CHECK (kind IN ('decisions', 'returns')),
    -- Without its folder.
    name       TEXT NOT NULL,
    written_at INTEGER NOT NULL,
    -- When the user said that Plaid has imported it.
    filed_at   INTEGER
) STRICT;

CREATE TABLE report_file_rows (
    file_id     INTEGER NOT NULL REFERENCES report_files (file_id),
    delivery_id INTEGER NOT NULL REFERENCES outbox (delivery_id),
    PRIMARY KEY (file_id, delivery_id)
) STRICT, WITHOUT ROWID;
