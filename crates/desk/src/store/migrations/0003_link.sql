-- Link sessions: what was asked for, how far it got, and the callbacks of Link.

CREATE TABLE link_sessions (
    session_id            TEXT PRIMARY KEY,
    person_id             TEXT NOT NULL REFERENCES people (person_id),
    purpose               TEXT NOT NULL CHECK (purpose IN ('ach_risk', 'balances_only')),
    -- Update mode: the Item being repaired.
    repairs_item_id       TEXT REFERENCES items (item_id),
    state                 TEXT NOT NULL CHECK (state IN
                              ('created', 'opened', 'succeeded', 'exchanged', 'exited', 'expired', 'failed')),
    created_at            INTEGER NOT NULL,
    ended_at              INTEGER,
    -- Secret. Gone once the session has ended.
    link_token            TEXT,
    link_token_expires_at INTEGER,
    -- Secret. Held from the bank's grant to the exchange, 30 minutes at most.
    public_token          TEXT,
    succeeded_at          INTEGER,
    link_session_id       TEXT,
    institution_id        TEXT,
    institution_name      TEXT,
    -- JSON of the accounts that Link named at the grant.
    accounts              TEXT,
    item_id               TEXT REFERENCES items (item_id),
    exit_status           TEXT,
    -- JSON of why it ended without an Item, or of what is in the way.
    problem               TEXT,
    CHECK ((ended_at IS NULL) = (state IN ('created', 'opened', 'succeeded'))),
    CHECK ((public_token IS NOT NULL) = (state = 'succeeded')),
    CHECK (ended_at IS NULL OR link_token IS NULL),
    CHECK (state <> 'exchanged' OR item_id IS NOT NULL)
) STRICT;

CREATE INDEX link_sessions_unfinished ON link_sessions (created_at) WHERE ended_at IS NULL;

CREATE TABLE link_events (
    event_id         INTEGER PRIMARY KEY,
    session_id       TEXT NOT NULL REFERENCES link_sessions (session_id),
    at               INTEGER NOT NULL,
    name             TEXT NOT NULL,
    view_name        TEXT,
    institution_name TEXT,
    error_code       TEXT,
    request_id       TEXT
) STRICT;

CREATE INDEX link_events_by_session ON link_events (session_id, event_id);
