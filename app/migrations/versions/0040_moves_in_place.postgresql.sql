-- At most one live payment of an obligation, by a column that the database fills (PostgreSQL).

ALTER TABLE instruction ADD COLUMN live_obligation_id BIGINT
    GENERATED ALWAYS AS (case when state not in ('rejected', 'returned', 'not_received', 'recalled', 'cancelled') then obligation_id end) STORED;

DROP INDEX uq_instruction_live;

CREATE UNIQUE INDEX uq_instruction_live ON instruction (live_obligation_id);

ALTER TABLE instruction SET (fillfactor = 50);
