-- Return files: what was recorded of each, so that the same file is not recorded twice, and what the columns of a
-- processor's table mean. No account number is kept.
-- Moments are milliseconds since 1970 in UTC.

CREATE TABLE return_files (
    file_id      INTEGER PRIMARY KEY,
    -- SHA-256 of the whole content.
    content_hash BLOB NOT NULL UNIQUE CHECK (length(content_hash) = 32),
    -- Without its folder.
    file_name    TEXT NOT NULL,
    recorded_at  INTEGER NOT NULL
) STRICT;

-- The rows of a file that were recorded, each for its debit.
CREATE TABLE return_file_rows (
    file_id               INTEGER NOT NULL REFERENCES return_files (file_id),
    -- Line of the file, from 1.
    line                  INTEGER NOT NULL,
    client_transaction_id TEXT NOT NULL REFERENCES evaluations (client_transaction_id),
    return_code           TEXT NOT NULL,
    PRIMARY KEY (file_id, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE return_mappings (
    -- The headers in lower case, as a JSON list.
    headers TEXT PRIMARY KEY,
    -- JSON.
    mapping TEXT NOT NULL,
    used_at INTEGER NOT NULL
) STRICT;

-- The returns of an account are counted before each of its debits.
CREATE INDEX evaluations_by_account ON evaluations (account_id, created_at);
