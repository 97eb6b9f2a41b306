-- The few people who are held, and who takes money under an ID of his own, are found as they are (PostgreSQL).

CREATE INDEX ix_doubt_person_held ON doubt_person (person_id) WHERE is_held = 1;

DROP INDEX ix_payee_citizen_key;

CREATE INDEX ix_payee_named ON payee (citizen_key) WHERE citizen_key <> '';
