-- A removed Item keeps its row and its token, so that a call with them is answered ITEM_NOT_FOUND.
CREATE TABLE items (
    item_id TEXT PRIMARY KEY,
    institution_id TEXT NOT NULL,
    username TEXT NOT NULL,
    description TEXT,
    products TEXT NOT NULL,
    consented_products TEXT NOT NULL,
    webhook TEXT,
    created_at TEXT NOT NULL,
    access_token TEXT UNIQUE,
    error TEXT,
    error_reason TEXT,
    notice TEXT,
    notice_ends_at TEXT,
    last_webhook_code TEXT,
    last_webhook_at TEXT,
    live_reads INTEGER NOT NULL,
    removed_at TEXT
) STRICT;

CREATE TABLE public_tokens (
    public_token TEXT PRIMARY KEY,
    item_id TEXT NOT NULL REFERENCES items,
    created_at TEXT NOT NULL,
    exchanged_at TEXT
) STRICT;

-- An account that the bank closed keeps its row, so that it is not shared again.
CREATE TABLE accounts (
    account_id TEXT PRIMARY KEY,
    item_id TEXT NOT NULL REFERENCES items,
    mask TEXT NOT NULL,
    name TEXT NOT NULL,
    official_name TEXT,
    account_type TEXT NOT NULL,
    subtype TEXT NOT NULL,
    holder_category TEXT NOT NULL,
    currency TEXT NOT NULL,
    unofficial_currency INTEGER NOT NULL,
    available TEXT,
    current TEXT,
    credit_limit TEXT,
    read_at TEXT NOT NULL,
    closed_at TEXT,
    UNIQUE (item_id, mask)
) STRICT;

CREATE TABLE link_tokens (
    link_token TEXT PRIMARY KEY,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    settings TEXT NOT NULL,
    update_item_id TEXT REFERENCES items,
    hosted_id TEXT UNIQUE
) STRICT;

CREATE TABLE link_sessions (
    link_session_id TEXT PRIMARY KEY,
    link_token TEXT NOT NULL REFERENCES link_tokens,
    started_at TEXT NOT NULL,
    finished_at TEXT,
    step TEXT NOT NULL,
    institution_id TEXT,
    username TEXT,
    description TEXT,
    item_id TEXT REFERENCES items,
    public_token TEXT,
    shared TEXT NOT NULL,
    exit TEXT,
    hosted INTEGER NOT NULL,
    challenge_password TEXT,
    round INTEGER NOT NULL,
    oauth_state_id TEXT UNIQUE,
    oauth_resumed INTEGER NOT NULL,
    return_to TEXT
) STRICT;

CREATE TABLE link_events (
    event_id TEXT PRIMARY KEY,
    link_session_id TEXT NOT NULL REFERENCES link_sessions,
    event_name TEXT NOT NULL,
    happened_at TEXT NOT NULL,
    metadata TEXT NOT NULL
) STRICT;

CREATE TABLE evaluations (
    client_transaction_id TEXT PRIMARY KEY,
    item_id TEXT NOT NULL REFERENCES items,
    account_id TEXT NOT NULL,
    amount TEXT NOT NULL,
    ruleset_key TEXT NOT NULL,
    result TEXT NOT NULL,
    request_id TEXT NOT NULL,
    evaluated_at TEXT NOT NULL,
    times INTEGER NOT NULL
) STRICT;

-- Reports are only added; the newest one counts.
CREATE TABLE decisions (
    position INTEGER PRIMARY KEY,
    client_transaction_id TEXT NOT NULL REFERENCES evaluations,
    initiated INTEGER NOT NULL,
    report TEXT NOT NULL,
    reported_at TEXT NOT NULL
) STRICT;

CREATE TABLE returns (
    position INTEGER PRIMARY KEY,
    client_transaction_id TEXT NOT NULL REFERENCES evaluations,
    return_code TEXT NOT NULL,
    report TEXT NOT NULL,
    reported_at TEXT NOT NULL
) STRICT;

CREATE TABLE webhook_keys (
    key_id TEXT PRIMARY KEY,
    scalar BLOB NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

-- Times are seconds since 1970, so that they can be compared.
CREATE TABLE webhook_deliveries (
    delivery INTEGER PRIMARY KEY AUTOINCREMENT,
    url TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at INTEGER NOT NULL
) STRICT;
