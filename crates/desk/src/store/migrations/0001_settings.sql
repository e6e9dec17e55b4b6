-- What the user chose for this environment. One row, there from the beginning.
CREATE TABLE settings (
    only_row      INTEGER PRIMARY KEY CHECK (only_row = 1),
    app_name      TEXT NOT NULL,
    language      TEXT NOT NULL,
    country_codes TEXT NOT NULL, -- JSON array of ISO 3166-1 alpha-2 codes
    redirect_uri  TEXT,
    webhook       TEXT
) STRICT;

INSERT INTO settings (only_row, app_name, language, country_codes) VALUES (1, 'Balance Desk', 'en', '["US"]');
