-- The debit of a whole batch may be taken back by two officers (SQLite).
-- Tables are written anew under their names: what refers to them finds every row again.

PRAGMA defer_foreign_keys = ON;

CREATE TABLE lump_left_out_before AS SELECT x.instruction_id, g.bank_line_id FROM lump_left_out x JOIN lump g ON g.batch_id = x.batch_id;

DROP TABLE lump_left_out;

CREATE TABLE lump_before AS SELECT * FROM lump;

DROP TABLE lump;

CREATE TABLE lump (
    batch_id INTEGER NOT NULL,
    bank_line_id INTEGER NOT NULL,
    lines INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    booked_on TEXT NOT NULL,
    entry_id INTEGER NOT NULL,
    recorded_at TEXT NOT NULL,
    withdrawn_by INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_lump PRIMARY KEY (bank_line_id),
    CONSTRAINT ck_lump_size CHECK (lines > 0 and amount > 0),
    CONSTRAINT fk_lump_batch_id FOREIGN KEY(batch_id) REFERENCES batch (id),
    CONSTRAINT fk_lump_bank_line_id FOREIGN KEY(bank_line_id) REFERENCES bank_line (id)
) STRICT;

CREATE UNIQUE INDEX uq_lump_batch_id ON lump (batch_id) WHERE withdrawn_by = 0;

INSERT INTO lump (batch_id, bank_line_id, lines, amount, booked_on, entry_id, recorded_at)
SELECT batch_id, bank_line_id, lines, amount, booked_on, entry_id, recorded_at FROM lump_before;

DROP TABLE lump_before;

CREATE TABLE lump_left_out (
    instruction_id INTEGER NOT NULL,
    bank_line_id INTEGER NOT NULL,
    CONSTRAINT pk_lump_left_out PRIMARY KEY (instruction_id, bank_line_id),
    CONSTRAINT fk_lump_left_out_instruction_id FOREIGN KEY(instruction_id) REFERENCES instruction (id),
    CONSTRAINT fk_lump_left_out_bank_line_id FOREIGN KEY(bank_line_id) REFERENCES lump (bank_line_id)
) STRICT;

INSERT INTO lump_left_out (instruction_id, bank_line_id) SELECT instruction_id, bank_line_id FROM lump_left_out_before;

DROP TABLE lump_left_out_before;
