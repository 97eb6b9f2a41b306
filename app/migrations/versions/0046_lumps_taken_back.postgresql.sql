-- The debit of a whole batch may be taken back by two officers (PostgreSQL).

ALTER TABLE lump_left_out DROP CONSTRAINT fk_lump_left_out_batch_id;

ALTER TABLE lump_left_out DROP CONSTRAINT pk_lump_left_out;

ALTER TABLE lump_left_out ADD COLUMN bank_line_id BIGINT;

UPDATE lump_left_out SET bank_line_id = g.bank_line_id FROM lump g WHERE g.batch_id = lump_left_out.batch_id;

ALTER TABLE lump_left_out DROP COLUMN batch_id;

ALTER TABLE lump DROP CONSTRAINT pk_lump;

ALTER TABLE lump DROP CONSTRAINT uq_lump_bank_line_id;

ALTER TABLE lump ADD CONSTRAINT pk_lump PRIMARY KEY (bank_line_id);

ALTER TABLE lump ADD COLUMN withdrawn_by BIGINT DEFAULT 0 NOT NULL;

CREATE UNIQUE INDEX uq_lump_batch_id ON lump (batch_id) WHERE withdrawn_by = 0;

ALTER TABLE lump_left_out ADD CONSTRAINT pk_lump_left_out PRIMARY KEY (instruction_id, bank_line_id);

ALTER TABLE lump_left_out ADD CONSTRAINT fk_lump_left_out_bank_line_id FOREIGN KEY(bank_line_id) REFERENCES lump (bank_line_id);
