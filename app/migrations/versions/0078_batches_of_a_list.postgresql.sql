-- A list may need several batches at one provider (PostgreSQL).

ALTER TABLE batch ADD COLUMN number BIGINT DEFAULT 1 NOT NULL;

ALTER TABLE batch DROP CONSTRAINT uq_batch_payroll_id_contract_id;

ALTER TABLE batch ADD CONSTRAINT uq_batch_payroll_id_contract_id_number UNIQUE (payroll_id, contract_id, number);
