-- Outcomes and audit.
--
-- What lists and statistics ask of 100,000 evaluations, in narrow rows beside the wide ones. Triggers keep them, so that
-- whoever writes an evaluation, an answer, a decision or a return need not know of them.

CREATE TABLE fact_institutions (
    institution_id INTEGER PRIMARY KEY,
    name           TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE fact_rulesets (
    ruleset_id INTEGER PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE evaluation_facts (
    -- In the order in which evaluations were written.
    fact_id               INTEGER PRIMARY KEY,
    client_transaction_id TEXT NOT NULL UNIQUE REFERENCES evaluations (client_transaction_id),
    created_at            INTEGER NOT NULL,
    state                 TEXT NOT NULL,
    -- NULL: no answer, or one without a result.
    result                TEXT,
    -- The ruleset that answered, else the one that was asked. NULL: answered without a ruleset.
    ruleset_id            INTEGER REFERENCES fact_rulesets (ruleset_id),
    institution_id        INTEGER NOT NULL REFERENCES fact_institutions (institution_id),
    cents                 INTEGER NOT NULL,
    -- What the last decision says. NULL: none is recorded.
    initiated             INTEGER,
    -- The last return that was recorded.
    return_code           TEXT,
    returned_on           TEXT,
    return_recorded_at    INTEGER,
    customer_risk         INTEGER,
    bank_risk             INTEGER
) STRICT;

-- Lists and statistics are read from this index alone.
CREATE INDEX facts_over_time ON evaluation_facts
    (created_at, fact_id, state, result, ruleset_id, institution_id, cents, initiated, return_code, returned_on,
     return_recorded_at, customer_risk, bank_risk);
CREATE INDEX facts_returned ON evaluation_facts (return_recorded_at, return_code, returned_on, cents)
    WHERE return_code IS NOT NULL;

-- How many there are and what they sum up to: asked for with every list.
CREATE TABLE evaluation_totals (
    only_row    INTEGER PRIMARY KEY CHECK (only_row = 1),
    evaluations INTEGER NOT NULL,
    cents       INTEGER NOT NULL
) STRICT;

-- What an evaluation is found by, in lower case.
CREATE TABLE evaluation_words (
    fact_id INTEGER PRIMARY KEY REFERENCES evaluation_facts (fact_id),
    words   TEXT NOT NULL
) STRICT;

-- Amounts have at most two decimals. They become whole cents without a float.
CREATE VIEW facts_now (client_transaction_id, created_at, state, result, ruleset, institution, cents, initiated,
                       return_code, returned_on, return_recorded_at, customer_risk, bank_risk, words) AS
WITH amounts (client_transaction_id, cents) AS (
    SELECT client_transaction_id,
           CAST(substr(amount, 1, instr(amount || '.', '.') - 1) AS INTEGER) * 100
           + CAST(substr(substr(amount, instr(amount || '.', '.') + 1) || '00', 1, 2) AS INTEGER)
      FROM evaluations
)
SELECT e.client_transaction_id, e.created_at, e.state, a.result,
       CASE WHEN a.request_id IS NOT NULL THEN a.ruleset_key ELSE coalesce(e.ruleset_key, 'default') END,
       e.institution_name, m.cents,
       (SELECT initiated FROM decisions AS d WHERE d.client_transaction_id = e.client_transaction_id
         ORDER BY decision_id DESC LIMIT 1),
       r.return_code, r.returned_on, r.recorded_at, a.customer_risk, a.bank_risk,
       lower(concat_ws(char(10), e.person_name, e.institution_name, e.account_name, e.account_mask, e.purpose,
                       p.reference, e.client_transaction_id, e.amount, printf('%d.%02d', m.cents / 100, m.cents % 100),
                       a.custom_action_key, a.request_id, r.return_code))
  FROM evaluations AS e
  JOIN amounts AS m USING (client_transaction_id)
  LEFT JOIN evaluation_answers AS a USING (client_transaction_id)
  LEFT JOIN planned_debits AS p USING (client_transaction_id)
  LEFT JOIN returns AS r ON r.return_id =
       (SELECT max(return_id) FROM returns AS l WHERE l.client_transaction_id = e.client_transaction_id);

INSERT INTO fact_institutions (name) SELECT DISTINCT institution_name FROM evaluations;
INSERT INTO fact_rulesets (name) SELECT DISTINCT ruleset FROM facts_now WHERE ruleset IS NOT NULL;

INSERT INTO evaluation_facts
SELECT row_number() OVER (ORDER BY e.rowid), n.client_transaction_id, n.created_at, n.state, n.result,
       u.ruleset_id, i.institution_id, n.cents, n.initiated, n.return_code, n.returned_on, n.return_recorded_at, n.customer_risk, n.bank_risk
  FROM evaluations AS e JOIN facts_now AS n USING (client_transaction_id)
  JOIN fact_institutions AS i ON i.name = n.institution LEFT JOIN fact_rulesets AS u ON u.name = n.ruleset;

INSERT INTO evaluation_words
SELECT fact_id, words FROM evaluation_facts JOIN facts_now USING (client_transaction_id);

INSERT INTO evaluation_totals SELECT 1, count(*), coalesce(sum(cents), 0) FROM evaluation_facts;

CREATE TRIGGER facts_are_summed_up AFTER INSERT ON evaluation_facts
BEGIN
    UPDATE evaluation_totals SET evaluations = evaluations + 1, cents = cents + NEW.cents;
END;

CREATE TRIGGER facts_of_an_evaluation AFTER INSERT ON evaluations
BEGIN
    INSERT INTO fact_institutions (name) SELECT NEW.institution_name
     WHERE NOT EXISTS (SELECT 1 FROM fact_institutions WHERE name = NEW.institution_name);
    INSERT INTO fact_rulesets (name) SELECT coalesce(NEW.ruleset_key, 'default')
     WHERE NOT EXISTS (SELECT 1 FROM fact_rulesets WHERE name = coalesce(NEW.ruleset_key, 'default'));
    INSERT INTO evaluation_facts (client_transaction_id, created_at, state, ruleset_id, institution_id, cents)
    SELECT n.client_transaction_id, n.created_at, n.state, u.ruleset_id, i.institution_id, n.cents
      FROM facts_now AS n
      JOIN fact_institutions AS i ON i.name = n.institution JOIN fact_rulesets AS u ON u.name = n.ruleset
     WHERE n.client_transaction_id = NEW.client_transaction_id;
    INSERT INTO evaluation_words
    SELECT fact_id, words FROM evaluation_facts JOIN facts_now USING (client_transaction_id)
     WHERE client_transaction_id = NEW.client_transaction_id;
END;

CREATE TRIGGER facts_of_a_state AFTER UPDATE OF state ON evaluations
WHEN OLD.state <> NEW.state
BEGIN
    UPDATE evaluation_facts SET state = NEW.state WHERE client_transaction_id = NEW.client_transaction_id;
END;

CREATE TRIGGER facts_of_an_answer AFTER INSERT ON evaluation_answers
BEGIN
    INSERT INTO fact_rulesets (name) SELECT NEW.ruleset_key
     WHERE NEW.ruleset_key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM fact_rulesets WHERE name = NEW.ruleset_key);
    UPDATE evaluation_facts
       SET result = NEW.result, customer_risk = NEW.customer_risk, bank_risk = NEW.bank_risk,
           ruleset_id = (SELECT ruleset_id FROM fact_rulesets WHERE name = NEW.ruleset_key)
     WHERE client_transaction_id = NEW.client_transaction_id;
    UPDATE evaluation_words
       SET words = (SELECT words FROM facts_now WHERE client_transaction_id = NEW.client_transaction_id)
     WHERE fact_id = (SELECT fact_id FROM evaluation_facts WHERE client_transaction_id = NEW.client_transaction_id);
END;

CREATE TRIGGER facts_of_a_decision AFTER INSERT ON decisions
BEGIN
    UPDATE evaluation_facts SET initiated = NEW.initiated WHERE client_transaction_id = NEW.client_transaction_id;
END;

CREATE TRIGGER facts_of_a_return AFTER INSERT ON returns
BEGIN
    UPDATE evaluation_facts
       SET return_code = NEW.return_code, returned_on = NEW.returned_on, return_recorded_at = NEW.recorded_at
     WHERE client_transaction_id = NEW.client_transaction_id;
    UPDATE evaluation_words
       SET words = (SELECT words FROM facts_now WHERE client_transaction_id = NEW.client_transaction_id)
     WHERE fact_id = (SELECT fact_id FROM evaluation_facts WHERE client_transaction_id = NEW.client_transaction_id);
END;

-- What was asked and answered, as it crossed the wire, without secrets: one row for each time it was asked.
CREATE TABLE evaluation_documents (
    document_id           INTEGER PRIMARY KEY,
    client_transaction_id TEXT NOT NULL REFERENCES evaluations (client_transaction_id),
    environment           TEXT NOT NULL,
    app_version           TEXT NOT NULL,
    asked_at              INTEGER NOT NULL,
    -- When the answer, or the news that there is none, came.
    ended_at              INTEGER NOT NULL,
    http_status           INTEGER,
    request_id            TEXT,
    -- JSON texts.
    request               TEXT NOT NULL,
    answer                TEXT,
    -- Why there is no answer.
    failure               TEXT
) STRICT;

CREATE INDEX documents_by_evaluation ON evaluation_documents (client_transaction_id, document_id);

CREATE TRIGGER documents_stay BEFORE DELETE ON evaluation_documents
BEGIN
    SELECT RAISE(ABORT, 'what was asked and answered is never deleted');
END;

CREATE TRIGGER documents_stay_as_they_are BEFORE UPDATE ON evaluation_documents
BEGIN
    SELECT RAISE(ABORT, 'what was asked and answered is never changed');
END;
