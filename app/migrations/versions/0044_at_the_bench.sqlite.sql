-- Notes under lines of the bank, and where officers are at the workbench (SQLite).

CREATE TABLE line_note (
    id INTEGER NOT NULL,
    bank_line_id INTEGER NOT NULL,
    officer_id INTEGER NOT NULL,
    said TEXT NOT NULL,
    answer_by TEXT,
    written_at TEXT NOT NULL,
    CONSTRAINT pk_line_note PRIMARY KEY (id),
    CONSTRAINT ck_line_note_said CHECK (trim(said) <> ''),
    CONSTRAINT fk_line_note_bank_line_id FOREIGN KEY(bank_line_id) REFERENCES bank_line (id),
    CONSTRAINT fk_line_note_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id)
)
 STRICT;

CREATE INDEX ix_line_note_line ON line_note (bank_line_id, id);

CREATE TABLE bench_place (
    officer_id INTEGER NOT NULL,
    contract_id INTEGER NOT NULL,
    period TEXT NOT NULL,
    tab TEXT NOT NULL,
    page INTEGER NOT NULL,
    line_id INTEGER DEFAULT 0 NOT NULL,
    seen_at TEXT NOT NULL,
    CONSTRAINT pk_bench_place PRIMARY KEY (officer_id),
    CONSTRAINT fk_bench_place_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT fk_bench_place_contract_id FOREIGN KEY(contract_id) REFERENCES contract (id)
)
 STRICT;

CREATE INDEX ix_bench_place_contract ON bench_place (contract_id);

CREATE INDEX ix_bank_report_account ON bank_report (provider, account, kind);
