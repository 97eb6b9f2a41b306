-- A batch may have several decisions that payments never came (PostgreSQL).

ALTER TABLE horizon_decision DROP CONSTRAINT uq_horizon_decision_batch_id;

CREATE INDEX ix_horizon_decision_batch_id ON horizon_decision (batch_id);
