-- Every reading of an account's balances. Nothing is overwritten: the present is one of them.
-- Amounts are exact decimal texts; NULL is "not reported".

CREATE TABLE readings (
    reading_id               INTEGER PRIMARY KEY,
    account_id               TEXT NOT NULL REFERENCES accounts (account_id),
    source                   TEXT NOT NULL CHECK (source IN ('live', 'cached', 'signal')),
    available                TEXT,
    current                  TEXT,
    credit_limit             TEXT,
    iso_currency_code        TEXT,
    unofficial_currency_code TEXT,
    -- When the bank last updated it, where the bank says so.
    last_updated_at          INTEGER,
    read_at                  INTEGER NOT NULL,
    request_id               TEXT NOT NULL
) STRICT;

-- In the order they were stored, which a changed clock cannot turn round.
CREATE INDEX readings_by_account ON readings (account_id, reading_id);

CREATE TRIGGER readings_stay BEFORE DELETE ON readings
BEGIN
    SELECT RAISE(ABORT, 'a reading is never deleted');
END;

CREATE TRIGGER readings_stay_as_they_are BEFORE UPDATE ON readings
BEGIN
    SELECT RAISE(ABORT, 'a reading is never changed');
END;
