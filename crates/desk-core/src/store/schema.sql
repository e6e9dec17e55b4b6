-- The schema of one environment's database. Long because every feature's tables are here: the first release starts
-- from this one file, and later changes are migrations (schema.rs).
--
-- Times are milliseconds since 1970 in UTC. Amounts are exact decimal texts, or whole cents where a column says so.
-- Columns named `problem` hold the JSON of a Problem. NULL means "not known" or "not reported" unless a comment says more.

-- Settings

-- What the user chose for this environment.
CREATE TABLE settings (
    only_row               INTEGER PRIMARY KEY CHECK (only_row = 1),
    app_name               TEXT NOT NULL,
    language               TEXT NOT NULL,
    -- JSON array of ISO 3166-1 alpha-2 codes.
    country_codes          TEXT NOT NULL,
    redirect_uri           TEXT,
    webhook                TEXT,
    -- NULL: Items are checked only after a call about them failed.
    health_check_hours     INTEGER DEFAULT 24 CHECK (health_check_hours BETWEEN 1 AND 168),
    consent_notice_days    INTEGER NOT NULL DEFAULT 14 CHECK (consent_notice_days BETWEEN 1 AND 90),
    -- The user confirms a refresh that needs more live balances than this.
    confirm_above_calls    INTEGER NOT NULL DEFAULT 20 CHECK (confirm_above_calls BETWEEN 0 AND 100000),
    price_per_balance_call TEXT,
    price_per_evaluation   TEXT,
    -- ISO 4217 code.
    price_currency         TEXT NOT NULL DEFAULT 'USD',
    refresh_cached_on_open INTEGER NOT NULL DEFAULT 0 CHECK (refresh_cached_on_open IN (0, 1))
) STRICT;

INSERT INTO settings (only_row, app_name, language, country_codes) VALUES (1, 'Balance Desk', 'en', '["US"]');

-- Customers, Items, accounts

CREATE TABLE people (
    person_id      TEXT PRIMARY KEY,
    name           TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    -- The name in lower case. Unique, because nobody could tell two people with one name apart in a list.
    name_key       TEXT NOT NULL UNIQUE,
    -- What Plaid gets instead of the name.
    client_user_id TEXT NOT NULL UNIQUE,
    created_at     INTEGER NOT NULL
) STRICT;

CREATE TABLE items (
    item_id            TEXT PRIMARY KEY,
    -- Sorts rows of Items that were linked together, and are refreshed together, onto the same pages. Plaid's item_id is
    -- random, so an index by it would touch a page for each Item.
    item_number        INTEGER,
    person_id          TEXT NOT NULL REFERENCES people (person_id),
    purpose            TEXT NOT NULL CHECK (purpose IN ('ach_risk', 'balances_only')),
    institution_id     TEXT,
    institution_name   TEXT NOT NULL,
    -- Secret. Erased when the Item is removed.
    access_token       TEXT,
    state              TEXT NOT NULL CHECK (state IN ('active', 'removing', 'removed')),
    linked_at          INTEGER NOT NULL,
    consent_expires_at INTEGER,
    -- When an Item linked for balances only was opted in to Signal (/signal/prepare).
    signal_prepared_at INTEGER,
    -- When Plaid last answered /item/get, also with an error.
    checked_at         INTEGER,
    -- What Plaid last reported as wrong with the Item.
    problem            TEXT,
    problem_since      INTEGER,
    -- JSON of what the Item needs soon although it works.
    advice             TEXT,
    advice_since       INTEGER,
    -- When the customer last went through Link for it, or the user dismissed its advice. Older notices no longer count.
    settled_at         INTEGER,
    -- Since when a removal waits for Plaid's confirmation, and why Plaid could not be told.
    removal_since      INTEGER,
    removal_problem    TEXT,
    removed_at         INTEGER,
    -- Set while a rotation's new token may not be stored yet.
    rotation_begun_at  INTEGER,
    CHECK ((state = 'removed') = (access_token IS NULL)),
    CHECK ((state = 'removed') = (removed_at IS NOT NULL)),
    CHECK ((problem IS NULL) = (problem_since IS NULL))
) STRICT;

CREATE INDEX items_by_person ON items (person_id);
CREATE UNIQUE INDEX items_by_number ON items (item_number);

CREATE TRIGGER items_are_numbered AFTER INSERT ON items WHEN NEW.item_number IS NULL
BEGIN
    UPDATE items SET item_number = (SELECT coalesce(max(item_number), 0) + 1 FROM items) WHERE rowid = NEW.rowid;
END;

-- Pairs of Items that have accounts in common.
CREATE TABLE duplicates (
    item_id      TEXT NOT NULL REFERENCES items (item_id),
    of_item_id   TEXT NOT NULL REFERENCES items (item_id),
    -- When the user said that both are to stay.
    dismissed_at INTEGER,
    PRIMARY KEY (item_id, of_item_id)
) STRICT;

CREATE TABLE institutions (
    institution_id TEXT PRIMARY KEY,
    -- NULL: Plaid does not say.
    state          TEXT CHECK (state IN ('healthy', 'degraded', 'down')),
    -- The state in words.
    message        TEXT,
    -- When the state was last heard, from /institutions/get_by_id or from a call that failed.
    checked_at     INTEGER NOT NULL,
    -- When /institutions/get_by_id last answered.
    looked_at      INTEGER,
    -- When a call last failed for the institution's own reasons.
    failed_at      INTEGER,
    CHECK ((state IS NULL) = (message IS NULL))
) STRICT;

-- Apart from `items`, because a logo is larger than all the rest of an Item.
CREATE TABLE institution_looks (
    institution_id TEXT PRIMARY KEY,
    -- Base64 PNG, as Plaid gives it.
    logo           TEXT,
    color          TEXT
) STRICT;

CREATE TABLE accounts (
    account_id            TEXT PRIMARY KEY,
    -- Sorts the readings of one Item's accounts, which are read together, onto the same pages.
    number                INTEGER,
    item_id               TEXT NOT NULL REFERENCES items (item_id),
    -- Plaid's order within the Item.
    position              INTEGER NOT NULL,
    name                  TEXT NOT NULL,
    official_name         TEXT,
    mask                  TEXT,
    account_type          TEXT NOT NULL,
    subtype               TEXT,
    persistent_account_id TEXT,
    -- When Plaid first left it out of the Item's accounts. It and its history are kept.
    gone_at               INTEGER,
    -- The reading shown as the present, and the one before it, in the order in which they were stored: a changed clock
    -- cannot turn that order around.
    present_reading_id    INTEGER,
    previous_reading_id   INTEGER,
    reading_count         INTEGER NOT NULL DEFAULT 0,
    -- The user's name for the account.
    own_name              TEXT CHECK (length(own_name) BETWEEN 1 AND 120),
    -- When the user hid it from the list.
    hidden_at             INTEGER,
    -- The low-balance alert: its threshold and currency, and since when the balance is below it.
    low_threshold         TEXT,
    low_currency          TEXT,
    below_since           INTEGER
) STRICT;

CREATE INDEX accounts_by_item ON accounts (item_id, position);
CREATE UNIQUE INDEX accounts_by_number ON accounts (number);

CREATE TRIGGER accounts_are_numbered AFTER INSERT ON accounts WHEN NEW.number IS NULL
BEGIN
    UPDATE accounts SET number = (SELECT coalesce(max(number), 0) + 1 FROM accounts) WHERE rowid = NEW.rowid;
END;

-- Plaid's last answers about each Item, for Plaid's support. Bodies contain no tokens, and nothing that the client does
-- not know to be harmless.
CREATE TABLE answers (
    answer_id   INTEGER PRIMARY KEY,
    item_number INTEGER NOT NULL REFERENCES items (item_number),
    -- Set where the call was about one account only.
    account_id  TEXT,
    endpoint    TEXT NOT NULL,
    at          INTEGER NOT NULL,
    request_id  TEXT,
    -- NULL: no answer came.
    http_status INTEGER,
    duration_ms INTEGER NOT NULL,
    body        TEXT,
    -- Why no answer came.
    failure     TEXT
) STRICT;

CREATE INDEX answers_by_item ON answers (item_number, answer_id);

-- Link

CREATE TABLE link_sessions (
    session_id            TEXT PRIMARY KEY,
    person_id             TEXT NOT NULL REFERENCES people (person_id),
    purpose               TEXT NOT NULL CHECK (purpose IN ('ach_risk', 'balances_only')),
    -- JSON of the products asked for. NULL in update mode.
    products              TEXT,
    way                   TEXT NOT NULL CHECK (way IN ('window', 'browser', 'invitation')),
    -- Update mode: the Item being repaired, and whether the customer may choose other accounts.
    repairs_item_id       TEXT REFERENCES items (item_id),
    choose_accounts       INTEGER NOT NULL CHECK (choose_accounts IN (0, 1)),
    state                 TEXT NOT NULL CHECK (state IN
                              ('created', 'opened', 'succeeded', 'held', 'exchanged', 'withdrawn', 'exited',
                               'expired', 'failed')),
    created_at            INTEGER NOT NULL,
    ended_at              INTEGER,
    -- Secret. Erased when the session ends.
    link_token            TEXT,
    link_token_expires_at INTEGER,
    -- Secret: as good as the link token.
    hosted_link_url       TEXT,
    -- For an invitation: the user's note, its language, and what Plaid last said about it.
    note                  TEXT CHECK (length(note) <= 120),
    language              TEXT,
    started_at            INTEGER,
    checked_at            INTEGER,
    -- When the user cancelled it. A grant that arrives later is withdrawn.
    cancelled_at          INTEGER,
    -- Secret. Held from the bank's grant to the exchange, 30 minutes at most.
    public_token          TEXT,
    succeeded_at          INTEGER,
    -- What happens with the grant. The user decides on keep_both and replace.
    fate                  TEXT CHECK (fate IN ('keep', 'keep_both', 'replace', 'withdraw')),
    replaces_item_id      TEXT REFERENCES items (item_id),
    -- Set before the public token is sent to be exchanged: from then on Plaid may have used it up.
    exchange_begun_at     INTEGER,
    -- Plaid's own name for the session.
    link_session_id       TEXT,
    institution_id        TEXT,
    institution_name      TEXT,
    -- JSON of the accounts that Link named at the grant.
    accounts              TEXT,
    item_id               TEXT REFERENCES items (item_id),
    exit_status           TEXT,
    -- Why it ended without an Item, or what keeps it from ending.
    problem               TEXT,
    CHECK ((ended_at IS NULL) = (state IN ('created', 'opened', 'succeeded', 'held'))),
    CHECK ((public_token IS NOT NULL) = (state IN ('succeeded', 'held'))),
    CHECK (ended_at IS NULL OR (link_token IS NULL AND hosted_link_url IS NULL)),
    CHECK (state NOT IN ('exchanged', 'withdrawn') OR item_id IS NOT NULL),
    CHECK ((way = 'invitation') = (language IS NOT NULL)),
    CHECK ((fate IS 'replace') = (replaces_item_id IS NOT NULL)),
    CHECK (state <> 'succeeded' OR fate IS NOT NULL)
) STRICT;

CREATE INDEX link_sessions_unfinished ON link_sessions (created_at) WHERE ended_at IS NULL;
CREATE INDEX link_sessions_invitations ON link_sessions (created_at) WHERE way = 'invitation';

CREATE TABLE link_events (
    event_id         INTEGER PRIMARY KEY,
    session_id       TEXT NOT NULL REFERENCES link_sessions (session_id),
    at               INTEGER NOT NULL,
    name             TEXT NOT NULL,
    view_name        TEXT,
    institution_name TEXT,
    error_code       TEXT,
    request_id       TEXT,
    -- Plaid's id of an event that /link/token/get reported, so that the event is stored once.
    plaid_event_id   TEXT
) STRICT;

CREATE INDEX link_events_by_session ON link_events (session_id, event_id);
CREATE UNIQUE INDEX link_events_of_plaid ON link_events (session_id, plaid_event_id);

-- Balances

-- In `readings` and `billed_calls`, CHECKs compare with OR: SQLite builds a temporary table for each row written when a
-- CHECK has IN with three or more values.

-- Every reading of an account's balances, never overwritten. One of them is the present.
CREATE TABLE readings (
    reading_id               INTEGER PRIMARY KEY,
    account_id               TEXT NOT NULL REFERENCES accounts (account_id),
    source                   TEXT NOT NULL CHECK (source = 'live' OR source = 'cached' OR source = 'signal'),
    available                TEXT,
    current                  TEXT,
    credit_limit             TEXT,
    iso_currency_code        TEXT,
    unofficial_currency_code TEXT,
    -- When the bank last updated it, where the bank says so.
    last_updated_at          INTEGER,
    read_at                  INTEGER NOT NULL,
    request_id               TEXT NOT NULL,
    -- Whether it has both balances as they were at that moment. Only such a reading can be the present or be charted:
    -- balances from an evaluation with scores may be older.
    whole                    INTEGER NOT NULL DEFAULT 1 CHECK (whole IN (0, 1))
) STRICT;

CREATE TRIGGER readings_stay BEFORE DELETE ON readings
BEGIN
    SELECT RAISE(ABORT, 'a reading is never deleted');
END;

CREATE TRIGGER readings_stay_as_they_are BEFORE UPDATE ON readings
BEGIN
    SELECT RAISE(ABORT, 'a reading is never changed');
END;

-- The readings again, sorted by account and time, for charts and tables. Sorting `readings` itself this way would write
-- one page for each account in a refresh. `account` is accounts.number.
CREATE TABLE timeline (
    account                  INTEGER NOT NULL,
    read_at                  INTEGER NOT NULL,
    reading_id               INTEGER NOT NULL,
    whole                    INTEGER NOT NULL,
    available                TEXT,
    current                  TEXT,
    iso_currency_code        TEXT,
    unofficial_currency_code TEXT,
    PRIMARY KEY (account, read_at, reading_id)
) STRICT, WITHOUT ROWID;

-- The latest few readings of each account, which share pages with those of other accounts. They move to `timeline`
-- together (balances/table.rs).
CREATE TABLE timeline_recent (
    account                  INTEGER NOT NULL,
    read_at                  INTEGER NOT NULL,
    reading_id               INTEGER NOT NULL,
    whole                    INTEGER NOT NULL,
    available                TEXT,
    current                  TEXT,
    iso_currency_code        TEXT,
    unofficial_currency_code TEXT,
    PRIMARY KEY (account, read_at, reading_id)
) STRICT, WITHOUT ROWID;

-- SQLite merges the two tables in order when a query also selects the columns that it orders by.
CREATE VIEW readings_over_time AS SELECT * FROM timeline UNION ALL SELECT * FROM timeline_recent;

-- Each time a balance fell below its low-balance alert, or rose above it again.
CREATE TABLE crossings (
    crossing_id INTEGER PRIMARY KEY,
    account_id  TEXT NOT NULL REFERENCES accounts (account_id),
    reading_id  INTEGER NOT NULL REFERENCES readings (reading_id),
    direction   TEXT NOT NULL CHECK (direction IN ('below', 'above')),
    -- The balance that counted and the threshold at that time, in one currency.
    amount      TEXT NOT NULL,
    threshold   TEXT NOT NULL,
    currency    TEXT NOT NULL,
    at          INTEGER NOT NULL,
    -- When the user was notified. A rise is not notified.
    told_at     INTEGER
) STRICT;

CREATE INDEX crossings_by_account ON crossings (account_id, crossing_id);
CREATE INDEX crossings_untold ON crossings (crossing_id) WHERE told_at IS NULL AND direction = 'below';

-- Calls that Plaid charges for. Each has a row before it leaves and its outcome afterwards, so that a crash loses no
-- count.
CREATE TABLE billed_calls (
    call_id    INTEGER PRIMARY KEY,
    endpoint   TEXT NOT NULL CHECK (endpoint IN ('balances', 'evaluation')),
    item_id    TEXT NOT NULL REFERENCES items (item_id),
    -- The evaluation's client_transaction_id. Asking again adds another row.
    evaluation TEXT,
    at         INTEGER NOT NULL,
    -- asked: no outcome is known (yet). refused: not billed. unknown: may be billed.
    outcome    TEXT NOT NULL CHECK (outcome = 'asked' OR outcome = 'answered' OR outcome = 'refused' OR outcome = 'unknown'),
    request_id TEXT,
    CHECK ((endpoint = 'evaluation') = (evaluation IS NOT NULL))
) STRICT;

CREATE INDEX billed_calls_by_time ON billed_calls (at, endpoint, outcome);
CREATE INDEX billed_calls_by_evaluation ON billed_calls (evaluation) WHERE evaluation IS NOT NULL;

-- Evaluations

CREATE TABLE evaluations (
    client_transaction_id TEXT PRIMARY KEY CHECK (length(client_transaction_id) BETWEEN 1 AND 36),
    account_id            TEXT NOT NULL REFERENCES accounts (account_id),
    -- Copies, so that the evaluation reads the same after the Item is gone.
    account_name          TEXT NOT NULL,
    account_mask          TEXT,
    institution_name      TEXT NOT NULL,
    person_name           TEXT NOT NULL,
    -- In US dollars.
    amount                TEXT NOT NULL,
    -- NULL: the ruleset named default.
    ruleset_key           TEXT,
    -- The user's own words about the debit; never sent.
    purpose               TEXT,
    -- JSON of the optional details that were sent.
    asked_with            TEXT,
    created_at            INTEGER NOT NULL,
    state                 TEXT NOT NULL CHECK (state IN ('sending', 'answered', 'failed', 'unknown')),
    -- Why there is no answer.
    problem               TEXT,
    -- What was found out about an evaluation without an answer: Plaid never had it, or has it and the answer is lost.
    settled               TEXT CHECK (settled IN ('never_asked', 'asked_answer_lost')),
    -- Finding that out may leave a report "not initiated" at Plaid, which only a later decision corrects.
    told_not_initiated    INTEGER NOT NULL DEFAULT 0 CHECK (told_not_initiated IN (0, 1)),
    CHECK (problem IS NULL OR state IN ('failed', 'unknown'))
) STRICT;

CREATE INDEX evaluations_newest ON evaluations (created_at);
-- The returns of an account are counted before each of its debits.
CREATE INDEX evaluations_by_account ON evaluations (account_id, created_at);
CREATE INDEX evaluations_by_ruleset ON evaluations (ruleset_key, created_at) WHERE ruleset_key IS NOT NULL;
CREATE INDEX evaluations_sending ON evaluations (state) WHERE state = 'sending';
CREATE INDEX evaluations_unsettled ON evaluations (created_at) WHERE state = 'unknown' AND settled IS NULL;
-- For the last part of decisions_due.
CREATE INDEX evaluations_told ON evaluations (client_transaction_id) WHERE told_not_initiated = 1;

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
    customer_tier         INTEGER,
    bank_tier             INTEGER,
    -- JSON lists.
    core_attributes       TEXT NOT NULL,
    warnings              TEXT NOT NULL,
    request_id            TEXT NOT NULL,
    answered_at           INTEGER NOT NULL,
    CHECK ((result IS NULL) = (result_text IS NULL))
) STRICT;

-- The list of accounts looks up whether the evaluation behind a reading had scores.
CREATE INDEX evaluation_answers_by_request ON evaluation_answers (request_id);
CREATE INDEX evaluation_answers_by_action ON evaluation_answers (custom_action_key) WHERE custom_action_key IS NOT NULL;
-- For the first part of decisions_due. SQLite uses it only while its condition is word for word the view's.
CREATE INDEX answers_to_decide ON evaluation_answers (answered_at, client_transaction_id)
    WHERE result IS NULL OR result IN ('review', 'other');

-- What the user does about an answer with this action key.
CREATE TABLE action_keys (
    custom_action_key TEXT PRIMARY KEY CHECK (length(custom_action_key) BETWEEN 1 AND 200),
    -- In the user's words.
    meaning           TEXT NOT NULL CHECK (length(meaning) BETWEEN 1 AND 200),
    days_to_hold      INTEGER CHECK (days_to_hold BETWEEN 0 AND 365)
) STRICT;

-- What the estimate of a possible debit leaves of a known balance, in percent and in US dollars.
CREATE TABLE debit_margin (
    only    INTEGER PRIMARY KEY CHECK (only = 1),
    percent TEXT NOT NULL,
    amount  TEXT NOT NULL
) STRICT;

INSERT INTO debit_margin VALUES (1, '10', '0');

-- Decisions, returns, and their reports to Plaid

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

-- One row for each recorded decision or return: whether Plaid has it.
CREATE TABLE outbox (
    delivery_id           INTEGER PRIMARY KEY AUTOINCREMENT,
    client_transaction_id TEXT NOT NULL REFERENCES evaluations (client_transaction_id),
    decision_id           INTEGER UNIQUE REFERENCES decisions (decision_id),
    return_id             INTEGER UNIQUE REFERENCES returns (return_id),
    -- The reports of one evaluation leave in this order. It is the order of recording, except that a decision goes
    -- before the returns that Plaid does not have yet: Plaid takes no return of a debit it knows as not initiated.
    place                 INTEGER NOT NULL,
    -- superseded: a later report replaces this one, and Plaid does not get it.
    -- filed: the user said that Plaid got it in a file. left_out: the user gave it up after Plaid refused it.
    state                 TEXT NOT NULL CHECK (state IN
                              ('waiting', 'delivered', 'refused', 'superseded', 'filed', 'left_out')),
    attempts              INTEGER NOT NULL,
    next_attempt_at       INTEGER NOT NULL,
    -- Why the last attempt failed.
    problem               TEXT,
    delivered_at          INTEGER,
    request_id            TEXT,
    -- When it became filed or left_out.
    set_aside_at          INTEGER,
    CHECK ((decision_id IS NULL) <> (return_id IS NULL)),
    CHECK ((state = 'delivered') = (delivered_at IS NOT NULL)),
    CHECK ((state = 'delivered') = (request_id IS NOT NULL)),
    CHECK ((state IN ('filed', 'left_out')) = (set_aside_at IS NOT NULL)),
    CHECK (state NOT IN ('refused', 'left_out') OR problem IS NOT NULL)
) STRICT;

CREATE UNIQUE INDEX outbox_in_order ON outbox (place);
CREATE INDEX outbox_waiting ON outbox (client_transaction_id, place) WHERE state = 'waiting';
CREATE INDEX outbox_to_send ON outbox (next_attempt_at, place) WHERE state = 'waiting';
CREATE INDEX outbox_refused ON outbox (place) WHERE state = 'refused';
CREATE INDEX outbox_delivered ON outbox (delivered_at) WHERE state = 'delivered';
CREATE INDEX outbox_set_aside ON outbox (set_aside_at) WHERE state IN ('filed', 'left_out');
CREATE INDEX outbox_by_evaluation ON outbox (client_transaction_id, place);

-- What the user says was done with a debit, until a decision about it is recorded.
CREATE TABLE debit_marks (
    client_transaction_id TEXT PRIMARY KEY REFERENCES evaluations (client_transaction_id),
    initiated             INTEGER NOT NULL CHECK (initiated IN (0, 1)),
    marked_at             INTEGER NOT NULL
) STRICT;

-- Evaluations that need a decision because Plaid cannot infer what was done, since when, and why. Plaid infers that an
-- ACCEPT is initiated and a REROUTE is not. An evaluation appears once:
--   review, other, no_result: no decision is recorded, and the result says neither yes nor no;
--   initiated, not_initiated: the user says that this was done, against the last decision or else the result;
--   returned: the debit came back, although by the last decision or else the result it was never initiated;
--   told: finding out about a lost answer told Plaid "not initiated", then the answer came after all, it is ACCEPT, and
--     no decision is recorded. Plaid no longer infers in that case.
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

-- Files in the form that Plaid's Dashboard imports instead of reports, and which reports each contains.
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

-- Return files

-- Imported files, so that the same file is not recorded twice. No account number is stored.
CREATE TABLE return_files (
    file_id      INTEGER PRIMARY KEY,
    -- SHA-256 of the whole content.
    content_hash BLOB NOT NULL UNIQUE CHECK (length(content_hash) = 32),
    -- Without its folder.
    file_name    TEXT NOT NULL,
    recorded_at  INTEGER NOT NULL
) STRICT;

-- The rows of a file that were recorded.
CREATE TABLE return_file_rows (
    file_id               INTEGER NOT NULL REFERENCES return_files (file_id),
    -- Line of the file, from 1.
    line                  INTEGER NOT NULL,
    client_transaction_id TEXT NOT NULL REFERENCES evaluations (client_transaction_id),
    return_code           TEXT NOT NULL,
    PRIMARY KEY (file_id, line)
) STRICT, WITHOUT ROWID;

-- What the columns of a return file mean, for files with the same headers.
CREATE TABLE return_mappings (
    -- The headers in lower case, as a JSON list.
    headers TEXT PRIMARY KEY,
    -- JSON.
    mapping TEXT NOT NULL,
    used_at INTEGER NOT NULL
) STRICT;

-- Batches

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
    -- Why it paused, when the user did not pause it.
    problem        TEXT,
    CHECK ((ended_at IS NOT NULL) = (state IN ('finished', 'cancelled'))),
    CHECK (state <> 'ready' OR started_at IS NULL),
    CHECK (problem IS NULL OR state = 'paused')
) STRICT;

CREATE INDEX batches_newest ON batches (created_at);
-- At most one batch runs.
CREATE UNIQUE INDEX batches_running ON batches (state) WHERE state = 'running';

-- The rows of a batch. The state of a planned row is not stored here but follows from its evaluation, so that the two
-- cannot contradict each other.
CREATE TABLE planned_debits (
    batch_id              TEXT NOT NULL REFERENCES batches (batch_id),
    -- In the order of the file, from 0.
    position              INTEGER NOT NULL,
    -- The line of the file, from 1.
    line                  INTEGER NOT NULL,
    -- Fixed at the import. NULL: left out.
    client_transaction_id TEXT UNIQUE,
    account_id            TEXT REFERENCES accounts (account_id),
    -- Copies, so that the row reads the same after the Item is gone. For a row left out, what the file says.
    person_name           TEXT NOT NULL,
    account_name          TEXT NOT NULL,
    account_mask          TEXT,
    institution_name      TEXT NOT NULL,
    cents                 INTEGER CHECK (cents BETWEEN 1 AND 9999999999),
    reference             TEXT,
    -- YYYY-MM-DD
    planned_on            TEXT,
    fate                  TEXT NOT NULL CHECK (fate IN ('planned', 'left_out')),
    -- Why it was left out, in words.
    why                   TEXT,
    -- Its evaluation failed or is unknown, and is to be asked again under the same id.
    ask_again             INTEGER NOT NULL DEFAULT 0 CHECK (ask_again IN (0, 1)),
    -- Why no evaluation could be written for it, for example because its account is gone.
    problem               TEXT,
    PRIMARY KEY (batch_id, position),
    CHECK (fate = 'left_out' OR (client_transaction_id IS NOT NULL AND account_id IS NOT NULL AND cents IS NOT NULL)),
    CHECK ((fate = 'left_out') = (why IS NOT NULL))
) STRICT;

CREATE INDEX planned_debits_by_reference ON planned_debits (reference) WHERE reference IS NOT NULL;

-- What the columns of a batch file mean, for files with the same headers.
CREATE TABLE import_mappings (
    -- The headers in lower case, as a JSON list.
    headers TEXT PRIMARY KEY,
    -- JSON.
    mapping TEXT NOT NULL,
    used_at INTEGER NOT NULL
) STRICT;

-- Activity and outcomes

-- What lists and statistics read of 100,000 evaluations, in narrow rows. Triggers maintain them, so that code that writes
-- an evaluation, answer, decision, or return need not know about them.

CREATE TABLE fact_institutions (
    institution_id INTEGER PRIMARY KEY,
    name           TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE fact_rulesets (
    ruleset_id INTEGER PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE evaluation_facts (
    -- Ascending in the order in which evaluations were written.
    fact_id               INTEGER PRIMARY KEY,
    client_transaction_id TEXT NOT NULL UNIQUE REFERENCES evaluations (client_transaction_id),
    created_at            INTEGER NOT NULL,
    state                 TEXT NOT NULL,
    -- NULL: no answer, or an answer without a result.
    result                TEXT,
    -- The ruleset that answered, or the one that was asked while there is no answer. NULL: answered without a ruleset.
    ruleset_id            INTEGER REFERENCES fact_rulesets (ruleset_id),
    institution_id        INTEGER NOT NULL REFERENCES fact_institutions (institution_id),
    cents                 INTEGER NOT NULL,
    -- According to the last decision. NULL: none is recorded.
    initiated             INTEGER,
    -- The last recorded return.
    return_code           TEXT,
    returned_on           TEXT,
    return_recorded_at    INTEGER,
    customer_risk         INTEGER,
    bank_risk             INTEGER
) STRICT;

-- Lists and statistics read this index alone.
CREATE INDEX facts_over_time ON evaluation_facts
    (created_at, fact_id, state, result, ruleset_id, institution_id, cents, initiated, return_code, returned_on,
     return_recorded_at, customer_risk, bank_risk);
CREATE INDEX facts_returned ON evaluation_facts (return_recorded_at, return_code, returned_on, cents)
    WHERE return_code IS NOT NULL;

-- How many evaluations there are and their sum, because every list shows them.
CREATE TABLE evaluation_totals (
    only_row    INTEGER PRIMARY KEY CHECK (only_row = 1),
    evaluations INTEGER NOT NULL,
    cents       INTEGER NOT NULL
) STRICT;

-- What a search looks through, in lower case.
CREATE TABLE evaluation_words (
    fact_id INTEGER PRIMARY KEY REFERENCES evaluation_facts (fact_id),
    words   TEXT NOT NULL
) STRICT;

-- What the tables above must say, computed anew. Amounts have at most two decimals, so whole cents need no float.
CREATE VIEW facts_now (client_transaction_id, created_at, state, result, ruleset, institution, cents, initiated,
                       return_code, returned_on, return_recorded_at, customer_risk, bank_risk, words) AS
WITH amounts (client_transaction_id, cents) AS (
    SELECT client_transaction_id,
           CAST(substr(amount, 1, instr(amount || '.', '.') - 1) AS INTEGER) * 100
           + CAST(substr(substr(amount, instr(amount || '.', '.') + 1) || '00', 1, 2) AS INTEGER)
      FROM evaluations
)
SELECT e.client_transaction_id, e.created_at, e.state, a.result,
       CASE WHEN a.request_id IS NOT NULL THEN a.ruleset_key ELSE coalesce(e.ruleset_key, 'default') END,
       e.institution_name, m.cents,
       (SELECT initiated FROM decisions AS d WHERE d.client_transaction_id = e.client_transaction_id
         ORDER BY decision_id DESC LIMIT 1),
       r.return_code, r.returned_on, r.recorded_at, a.customer_risk, a.bank_risk,
       lower(concat_ws(char(10), e.person_name, e.institution_name, e.account_name, e.account_mask, e.purpose,
                       p.reference, e.client_transaction_id, e.amount, printf('%d.%02d', m.cents / 100, m.cents % 100),
                       a.custom_action_key, a.request_id, r.return_code))
  FROM evaluations AS e
  JOIN amounts AS m USING (client_transaction_id)
  LEFT JOIN evaluation_answers AS a USING (client_transaction_id)
  LEFT JOIN planned_debits AS p USING (client_transaction_id)
  LEFT JOIN returns AS r ON r.return_id =
       (SELECT max(return_id) FROM returns AS l WHERE l.client_transaction_id = e.client_transaction_id);

INSERT INTO evaluation_totals VALUES (1, 0, 0);

CREATE TRIGGER facts_are_summed_up AFTER INSERT ON evaluation_facts
BEGIN
    UPDATE evaluation_totals SET evaluations = evaluations + 1, cents = cents + NEW.cents;
END;

CREATE TRIGGER facts_of_an_evaluation AFTER INSERT ON evaluations
BEGIN
    INSERT INTO fact_institutions (name) SELECT NEW.institution_name
     WHERE NOT EXISTS (SELECT 1 FROM fact_institutions WHERE name = NEW.institution_name);
    INSERT INTO fact_rulesets (name) SELECT coalesce(NEW.ruleset_key, 'default')
     WHERE NOT EXISTS (SELECT 1 FROM fact_rulesets WHERE name = coalesce(NEW.ruleset_key, 'default'));
    INSERT INTO evaluation_facts (client_transaction_id, created_at, state, ruleset_id, institution_id, cents)
    SELECT n.client_transaction_id, n.created_at, n.state, u.ruleset_id, i.institution_id, n.cents
      FROM facts_now AS n
      JOIN fact_institutions AS i ON i.name = n.institution JOIN fact_rulesets AS u ON u.name = n.ruleset
     WHERE n.client_transaction_id = NEW.client_transaction_id;
    INSERT INTO evaluation_words
    SELECT fact_id, words FROM evaluation_facts JOIN facts_now USING (client_transaction_id)
     WHERE client_transaction_id = NEW.client_transaction_id;
END;

CREATE TRIGGER facts_of_a_state AFTER UPDATE OF state ON evaluations
WHEN OLD.state <> NEW.state
BEGIN
    UPDATE evaluation_facts SET state = NEW.state WHERE client_transaction_id = NEW.client_transaction_id;
END;

CREATE TRIGGER facts_of_an_answer AFTER INSERT ON evaluation_answers
BEGIN
    INSERT INTO fact_rulesets (name) SELECT NEW.ruleset_key
     WHERE NEW.ruleset_key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM fact_rulesets WHERE name = NEW.ruleset_key);
    UPDATE evaluation_facts
       SET result = NEW.result, customer_risk = NEW.customer_risk, bank_risk = NEW.bank_risk,
           ruleset_id = (SELECT ruleset_id FROM fact_rulesets WHERE name = NEW.ruleset_key)
     WHERE client_transaction_id = NEW.client_transaction_id;
    UPDATE evaluation_words
       SET words = (SELECT words FROM facts_now WHERE client_transaction_id = NEW.client_transaction_id)
     WHERE fact_id = (SELECT fact_id FROM evaluation_facts WHERE client_transaction_id = NEW.client_transaction_id);
END;

CREATE TRIGGER facts_of_a_decision AFTER INSERT ON decisions
BEGIN
    UPDATE evaluation_facts SET initiated = NEW.initiated WHERE client_transaction_id = NEW.client_transaction_id;
END;

CREATE TRIGGER facts_of_a_return AFTER INSERT ON returns
BEGIN
    UPDATE evaluation_facts
       SET return_code = NEW.return_code, returned_on = NEW.returned_on, return_recorded_at = NEW.recorded_at
     WHERE client_transaction_id = NEW.client_transaction_id;
    UPDATE evaluation_words
       SET words = (SELECT words FROM facts_now WHERE client_transaction_id = NEW.client_transaction_id)
     WHERE fact_id = (SELECT fact_id FROM evaluation_facts WHERE client_transaction_id = NEW.client_transaction_id);
END;

-- Audit

-- What was asked and answered, as it crossed the wire, without secrets: one row for each call.
CREATE TABLE evaluation_documents (
    document_id           INTEGER PRIMARY KEY,
    client_transaction_id TEXT NOT NULL REFERENCES evaluations (client_transaction_id),
    environment           TEXT NOT NULL,
    app_version           TEXT NOT NULL,
    asked_at              INTEGER NOT NULL,
    -- When the answer came, or the failure.
    ended_at              INTEGER NOT NULL,
    http_status           INTEGER,
    request_id            TEXT,
    -- JSON texts.
    request               TEXT NOT NULL,
    answer                TEXT,
    -- Why there is no answer.
    failure               TEXT
) STRICT;

CREATE INDEX documents_by_evaluation ON evaluation_documents (client_transaction_id, document_id);

CREATE TRIGGER documents_stay BEFORE DELETE ON evaluation_documents
BEGIN
    SELECT RAISE(ABORT, 'what was asked and answered is never deleted');
END;

CREATE TRIGGER documents_stay_as_they_are BEFORE UPDATE ON evaluation_documents
BEGIN
    SELECT RAISE(ABORT, 'what was asked and answered is never changed');
END;
