-- One statement may cover both days that the evidence of the horizon asks for (PostgreSQL).

ALTER TABLE horizon_decision DROP CONSTRAINT ck_horizon_decision_statements;
