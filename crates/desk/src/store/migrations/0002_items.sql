-- People, the Items linked for them, and the Items' accounts.
-- Moments are milliseconds since 1970 in UTC.

CREATE TABLE people (
    person_id      TEXT PRIMARY KEY,
    name           TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    -- The name in lower case: two people of one name cannot be told apart in a list.
    name_key       TEXT NOT NULL UNIQUE,
    -- What Plaid gets instead of the name.
    client_user_id TEXT NOT NULL UNIQUE,
    created_at     INTEGER NOT NULL
) STRICT;

CREATE TABLE items (
    item_id            TEXT PRIMARY KEY,
    person_id          TEXT NOT NULL REFERENCES people (person_id),
    purpose            TEXT NOT NULL CHECK (purpose IN ('ach_risk', 'balances_only')),
    institution_id     TEXT,
    institution_name   TEXT NOT NULL,
    -- Base64 PNG, as Plaid gives it.
    institution_logo   TEXT,
    institution_color  TEXT,
    -- Secret. Gone once the Item is removed.
    access_token       TEXT,
    state              TEXT NOT NULL CHECK (state IN ('active', 'removing', 'removed')),
    linked_at          INTEGER NOT NULL,
    consent_expires_at INTEGER,
    -- JSON of the problem Plaid last reported for it.
    problem            TEXT,
    problem_since      INTEGER,
    removed_at         INTEGER,
    CHECK ((state = 'removed') = (access_token IS NULL)),
    CHECK ((state = 'removed') = (removed_at IS NOT NULL)),
    CHECK ((problem IS NULL) = (problem_since IS NULL))
) STRICT;

CREATE INDEX items_by_person ON items (person_id);

CREATE TABLE accounts (
    account_id            TEXT PRIMARY KEY,
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
    gone_at               INTEGER
) STRICT;

CREATE INDEX accounts_by_item ON accounts (item_id, position);
