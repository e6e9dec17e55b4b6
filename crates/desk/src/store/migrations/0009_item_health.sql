-- How Items and their institutions are, how often that is looked at, and what was begun with an Item and has not ended.
-- Moments are milliseconds since 1970 in UTC.

-- Absent: Items are checked only when a call has failed.
ALTER TABLE settings ADD COLUMN health_check_hours INTEGER DEFAULT 24
    CHECK (health_check_hours BETWEEN 1 AND 168);
ALTER TABLE settings ADD COLUMN consent_notice_days INTEGER NOT NULL DEFAULT 14
    CHECK (consent_notice_days BETWEEN 1 AND 90);

-- When Plaid last answered /item/get for it, well or not.
ALTER TABLE items ADD COLUMN checked_at INTEGER;
-- JSON of what it needs soon although it works, and since when that is known.
ALTER TABLE items ADD COLUMN advice TEXT;
ALTER TABLE items ADD COLUMN advice_since INTEGER;
-- When its owner last went through Link for it, or put advice aside: what Plaid notified before is settled.
ALTER TABLE items ADD COLUMN settled_at INTEGER;
-- A removal that Plaid has not confirmed: since when, and JSON of why Plaid could not be told.
ALTER TABLE items ADD COLUMN removal_since INTEGER;
ALTER TABLE items ADD COLUMN removal_problem TEXT;
-- A rotation whose new token is not stored (yet).
ALTER TABLE items ADD COLUMN rotation_begun_at INTEGER;

UPDATE items SET removal_since = linked_at WHERE state = 'removing';

CREATE TABLE institutions (
    institution_id TEXT PRIMARY KEY,
    -- Absent: Plaid does not say.
    state          TEXT CHECK (state IN ('healthy', 'degraded', 'down')),
    -- What that means, in words.
    message        TEXT,
    -- When that was last heard, from /institutions/get_by_id or from a call that failed.
    checked_at     INTEGER NOT NULL,
    -- When /institutions/get_by_id last answered.
    looked_at      INTEGER,
    -- When a call last failed for the institution's own reasons.
    failed_at      INTEGER,
    CHECK ((state IS NULL) = (message IS NULL))
) STRICT;
