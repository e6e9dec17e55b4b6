-- When an Item that was linked for balances only was opted in to Signal (/signal/prepare).

ALTER TABLE items ADD COLUMN signal_prepared_at INTEGER;
