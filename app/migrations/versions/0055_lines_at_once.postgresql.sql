-- One act may propose or decide several lines of a bank (PostgreSQL).

ALTER TABLE line_proposal DROP CONSTRAINT uq_line_proposal_act_id;

CREATE INDEX ix_line_proposal_act_id ON line_proposal (act_id);

ALTER TABLE line_decision DROP CONSTRAINT uq_line_decision_act_id;

CREATE INDEX ix_line_decision_act_id ON line_decision (act_id);
