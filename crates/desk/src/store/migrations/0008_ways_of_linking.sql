-- Link sessions in the system browser and by invitation, and grants that may be linked already.
-- SQLite cannot change a CHECK: the table is written anew, with the events that refer to it.

CREATE TEMP TABLE link_events_kept AS SELECT * FROM link_events;
DROP TABLE link_events;

CREATE TABLE link_sessions_anew (
    session_id            TEXT PRIMARY KEY,
    person_id             TEXT NOT NULL REFERENCES people (person_id),
    purpose               TEXT NOT NULL CHECK (purpose IN ('ach_risk', 'balances_only')),
    -- JSON of the products asked for; none in update mode, and for sessions of older versions.
    products              TEXT,
    way                   TEXT NOT NULL CHECK (way IN ('window', 'browser', 'invitation')),
    -- Update mode: the Item being repaired, and whether other accounts may be chosen.
    repairs_item_id       TEXT REFERENCES items (item_id),
    choose_accounts       INTEGER NOT NULL CHECK (choose_accounts IN (0, 1)),
    state                 TEXT NOT NULL CHECK (state IN
                              ('created', 'opened', 'succeeded', 'held', 'exchanged', 'withdrawn', 'exited',
                               'expired', 'failed')),
    created_at            INTEGER NOT NULL,
    ended_at              INTEGER,
    -- Secret. Gone once the session has ended.
    link_token            TEXT,
    link_token_expires_at INTEGER,
    -- Secret: as good as the link token.
    hosted_link_url       TEXT,
    -- An invitation's own: what it is for, its language, and what Plaid last said of it.
    note                  TEXT CHECK (length(note) <= 120),
    language              TEXT,
    started_at            INTEGER,
    checked_at            INTEGER,
    -- When the user took it back. What is granted all the same is withdrawn.
    cancelled_at          INTEGER,
    -- Secret. Held from the bank's grant to the exchange, 30 minutes at most.
    public_token          TEXT,
    succeeded_at          INTEGER,
    -- What is to become of the grant: keep_both and replace are the user's decision.
    fate                  TEXT CHECK (fate IN ('keep', 'keep_both', 'replace', 'withdraw')),
    replaces_item_id      TEXT REFERENCES items (item_id),
    -- Set before the public token is sent to be exchanged: from then on Plaid may have used it up.
    exchange_begun_at     INTEGER,
    link_session_id       TEXT,
    institution_id        TEXT,
    institution_name      TEXT,
    -- JSON of the accounts that Link named at the grant.
    accounts              TEXT,
    item_id               TEXT REFERENCES items (item_id),
    exit_status           TEXT,
    -- JSON of why it ended without an Item, or of what is in the way.
    problem               TEXT,
    CHECK ((ended_at IS NULL) = (state IN ('created', 'opened', 'succeeded', 'held'))),
    CHECK ((public_token IS NOT NULL) = (state IN ('succeeded', 'held'))),
    CHECK (ended_at IS NULL OR (link_token IS NULL AND hosted_link_url IS NULL)),
    CHECK (state NOT IN ('exchanged', 'withdrawn') OR item_id IS NOT NULL),
    CHECK ((way = 'invitation') = (language IS NOT NULL)),
    CHECK ((fate IS 'replace') = (replaces_item_id IS NOT NULL)),
    CHECK (state <> 'succeeded' OR fate IS NOT NULL)
) STRICT;

INSERT INTO link_sessions_anew
    (session_id, person_id, purpose, way, repairs_item_id, choose_accounts, state, created_at, ended_at, link_token,
     link_token_expires_at, public_token, succeeded_at, fate, exchange_begun_at, link_session_id, institution_id,
     institution_name, accounts, item_id, exit_status, problem)
SELECT session_id, person_id, purpose, 'window', repairs_item_id, 0, state, created_at, ended_at, link_token,
       link_token_expires_at, public_token, succeeded_at, iif(state = 'succeeded', 'keep', NULL),
       -- An older version did not say whether it had begun: it may have.
       iif(state = 'succeeded', succeeded_at, NULL), link_session_id, institution_id,
       institution_name, accounts, item_id, exit_status, problem
  FROM link_sessions ORDER BY rowid;

DROP TABLE link_sessions;
ALTER TABLE link_sessions_anew RENAME TO link_sessions;

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
    -- Plaid's own name of the event, when /link/token/get told of it: so that it is kept once.
    plaid_event_id   TEXT
) STRICT;

INSERT INTO link_events (event_id, session_id, at, name, view_name, institution_name, error_code, request_id)
SELECT event_id, session_id, at, name, view_name, institution_name, error_code, request_id FROM link_events_kept;
DROP TABLE link_events_kept;

CREATE INDEX link_events_by_session ON link_events (session_id, event_id);
CREATE UNIQUE INDEX link_events_of_plaid ON link_events (session_id, plaid_event_id);

-- After the exchange, or when the user let time pass: an Item with accounts in common with another.
CREATE TABLE duplicates (
    item_id      TEXT NOT NULL REFERENCES items (item_id),
    of_item_id   TEXT NOT NULL REFERENCES items (item_id),
    noticed_at   INTEGER NOT NULL,
    -- The user has said that both are to stay.
    dismissed_at INTEGER,
    PRIMARY KEY (item_id, of_item_id)
) STRICT;
