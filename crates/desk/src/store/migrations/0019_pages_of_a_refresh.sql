-- What makes a refresh of many Items write fewer pages, and do less for each row.

-- Names the Item where things of it stand in order: those of Items that were linked together, and are refreshed together,
-- stand together. Plaid's own name of an Item is random: entries of an index by it stand on a page each.
ALTER TABLE items ADD COLUMN item_number INTEGER;
UPDATE items SET item_number = rowid;
CREATE UNIQUE INDEX items_by_number ON items (item_number);

CREATE TRIGGER items_are_numbered AFTER INSERT ON items WHEN NEW.item_number IS NULL
BEGIN
    UPDATE items SET item_number = (SELECT coalesce(max(item_number), 0) + 1 FROM items) WHERE rowid = NEW.rowid;
END;

-- The same answers, of Items by their number.
ALTER TABLE answers RENAME TO answers_before;
CREATE TABLE answers (
    answer_id   INTEGER PRIMARY KEY,
    item_number INTEGER NOT NULL REFERENCES items (item_number),
    -- Where it was about one account only.
    account_id  TEXT,
    endpoint    TEXT NOT NULL,
    at          INTEGER NOT NULL,
    request_id  TEXT,
    -- Absent when no answer came.
    http_status INTEGER,
    duration_ms INTEGER NOT NULL,
    body        TEXT,
    -- Why no answer came.
    failure     TEXT
) STRICT;
INSERT INTO answers
    SELECT answer_id, item_number, account_id, endpoint, at, request_id, http_status, duration_ms, body, failure
      FROM answers_before JOIN items USING (item_id);
DROP TABLE answers_before;
CREATE INDEX answers_by_item ON answers (item_number, answer_id);

-- A list of three words or more in a CHECK is built anew, as a table of its own, for every row that is written. The same
-- said with OR is not. Only the words of the declaration change: rows and their form on the disk stay as they are, which is
-- what SQLite documents this way of changing a declaration for.

PRAGMA writable_schema = ON;
UPDATE sqlite_schema
   SET sql = replace(sql, 'source IN (''live'', ''cached'', ''signal'')',
                          'source = ''live'' OR source = ''cached'' OR source = ''signal''')
 WHERE type = 'table' AND name = 'readings';
UPDATE sqlite_schema
   SET sql = replace(sql, 'outcome IN (''asked'', ''answered'', ''refused'', ''unknown'')',
                          'outcome = ''asked'' OR outcome = ''answered'' OR outcome = ''refused'' OR outcome = ''unknown''')
 WHERE type = 'table' AND name = 'billed_calls';
-- Reads the declarations again.
PRAGMA writable_schema = RESET;
