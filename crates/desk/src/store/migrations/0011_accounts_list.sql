-- What a long list of accounts and a long history need to be quick, and what the user says of an account.

-- Whether a reading tells the bank's balances whole and of that moment: such a one can be the present and stands in
-- charts. Balances of an evaluation with scores may be older.
ALTER TABLE readings ADD COLUMN whole INTEGER NOT NULL DEFAULT 1 CHECK (whole IN (0, 1));

DROP TRIGGER readings_stay_as_they_are;

UPDATE readings SET whole = 0
 WHERE source = 'signal'
   AND NOT (available IS NOT NULL AND current IS NOT NULL
            AND EXISTS (SELECT 1 FROM evaluation_answers AS answers
                        WHERE answers.request_id = readings.request_id AND answers.result IS NOT NULL
                          AND answers.customer_risk IS NULL AND answers.bank_risk IS NULL));

CREATE TRIGGER readings_stay_as_they_are BEFORE UPDATE ON readings
BEGIN
    SELECT RAISE(ABORT, 'a reading is never changed');
END;

-- One index for all that is asked of an account's history; charts are drawn from it alone. A second one would double
-- what storing a reading costs. Readings of one moment stand in the order they were stored.
DROP INDEX readings_by_account;
CREATE INDEX readings_over_time ON readings
    (account_id, read_at, reading_id, whole, available, current, iso_currency_code, unofficial_currency_code);

-- The reading that is shown as the present, and the present before it: in the order they were stored, which a changed
-- clock cannot turn round.
ALTER TABLE accounts ADD COLUMN present_reading_id INTEGER;
ALTER TABLE accounts ADD COLUMN previous_reading_id INTEGER;
ALTER TABLE accounts ADD COLUMN reading_count INTEGER NOT NULL DEFAULT 0;

UPDATE accounts SET
    present_reading_id = (SELECT max(reading_id) FROM readings
                           WHERE readings.account_id = accounts.account_id AND whole = 1),
    reading_count = (SELECT count(*) FROM readings WHERE readings.account_id = accounts.account_id);
UPDATE accounts SET
    previous_reading_id = (SELECT max(reading_id) FROM readings
                            WHERE readings.account_id = accounts.account_id AND whole = 1
                              AND reading_id < present_reading_id);

CREATE TRIGGER readings_become_the_present AFTER INSERT ON readings
BEGIN
    UPDATE accounts SET
        reading_count = reading_count + 1,
        previous_reading_id = iif(NEW.whole, present_reading_id, previous_reading_id),
        present_reading_id = iif(NEW.whole, NEW.reading_id, present_reading_id)
     WHERE account_id = NEW.account_id;
END;

-- The user's own name for the account, and since when it is out of the list.
ALTER TABLE accounts ADD COLUMN own_name TEXT CHECK (length(own_name) BETWEEN 1 AND 120);
ALTER TABLE accounts ADD COLUMN hidden_at INTEGER;
-- The low-balance mark: an exact amount, the currency it is in, and since when the balance is below it.
ALTER TABLE accounts ADD COLUMN low_threshold TEXT;
ALTER TABLE accounts ADD COLUMN low_currency TEXT;
ALTER TABLE accounts ADD COLUMN below_since INTEGER;

-- Each time a balance went below its mark, or came back.
CREATE TABLE crossings (
    crossing_id INTEGER PRIMARY KEY,
    account_id  TEXT NOT NULL REFERENCES accounts (account_id),
    reading_id  INTEGER NOT NULL REFERENCES readings (reading_id),
    direction   TEXT NOT NULL CHECK (direction IN ('below', 'above')),
    -- The amount that counted, and the mark at that time, in one currency.
    amount      TEXT NOT NULL,
    threshold   TEXT NOT NULL,
    currency    TEXT NOT NULL,
    at          INTEGER NOT NULL,
    -- When the user was told. Coming back is not told.
    told_at     INTEGER
) STRICT;

CREATE INDEX crossings_by_account ON crossings (account_id, crossing_id);
CREATE INDEX crossings_untold ON crossings (crossing_id) WHERE told_at IS NULL AND direction = 'below';

-- What an institution looks like, once: a logo is larger than all the rest of an Item.
CREATE TABLE institution_looks (
    institution_id TEXT PRIMARY KEY,
    -- Base64 PNG, as Plaid gives it.
    logo           TEXT,
    color          TEXT
) STRICT;

INSERT INTO institution_looks (institution_id, logo, color)
SELECT institution_id, max(institution_logo), max(institution_color) FROM items
 WHERE institution_id IS NOT NULL GROUP BY institution_id;

ALTER TABLE items DROP COLUMN institution_logo;
ALTER TABLE items DROP COLUMN institution_color;
