-- What charts and tables of readings are drawn from, so that a refresh of many accounts writes few pages.

-- Names the account where its readings stand in order: accounts of one Item, which are read together, stand together.
ALTER TABLE accounts ADD COLUMN number INTEGER;
UPDATE accounts SET number = rowid;
CREATE UNIQUE INDEX accounts_by_number ON accounts (number);

CREATE TRIGGER accounts_are_numbered AFTER INSERT ON accounts WHEN NEW.number IS NULL
BEGIN
    UPDATE accounts SET number = (SELECT coalesce(max(number), 0) + 1 FROM accounts) WHERE rowid = NEW.rowid;
END;

-- Each reading in the order of time, within one moment in the order they were stored: what the table readings says, as
-- an index would. In a long history the readings of two accounts stand on different pages, so a refresh would write a
-- page for each.
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

-- The last few readings of each account, which go over to timeline together. See balances/table.rs.
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

INSERT INTO timeline
    SELECT number, read_at, reading_id, whole, available, current, iso_currency_code, unofficial_currency_code
      FROM accounts CROSS JOIN readings INDEXED BY readings_over_time USING (account_id);

DROP INDEX readings_over_time;

-- Both. An account's readings come from it in order, merged, when the order's columns are selected too.
CREATE VIEW readings_over_time AS SELECT * FROM timeline UNION ALL SELECT * FROM timeline_recent;

-- The one place that stores a reading keeps the account's row, too: a trigger would look the account up again.
DROP TRIGGER readings_become_the_present;
