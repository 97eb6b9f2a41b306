-- What outcomes and verdicts refer to is checked as a set, by triggers (PostgreSQL).

ALTER TABLE outcome DROP CONSTRAINT fk_outcome_instruction_id;

ALTER TABLE outcome DROP CONSTRAINT fk_outcome_bank_line_id;

ALTER TABLE outcome DROP CONSTRAINT fk_outcome_report_id;

ALTER TABLE outcome DROP CONSTRAINT fk_outcome_decision_id;

ALTER TABLE line_match DROP CONSTRAINT fk_line_match_bank_line_id;
