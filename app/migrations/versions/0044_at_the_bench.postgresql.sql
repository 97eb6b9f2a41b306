-- Notes under lines of the bank, and where officers are at the workbench (PostgreSQL).

CREATE TABLE line_note (
    id BIGSERIAL NOT NULL,
    bank_line_id BIGINT NOT NULL,
    officer_id BIGINT NOT NULL,
    said TEXT NOT NULL,
    answer_by DATE,
    written_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_line_note PRIMARY KEY (id),
    CONSTRAINT ck_line_note_said CHECK (trim(said) <> ''),
    CONSTRAINT fk_line_note_bank_line_id FOREIGN KEY(bank_line_id) REFERENCES bank_line (id),
    CONSTRAINT fk_line_note_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id)
);

CREATE INDEX ix_line_note_line ON line_note (bank_line_id, id);

CREATE TABLE bench_place (
    officer_id BIGINT NOT NULL,
    contract_id BIGINT NOT NULL,
    period TEXT NOT NULL,
    tab TEXT NOT NULL,
    page BIGINT NOT NULL,
    line_id BIGINT DEFAULT 0 NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_bench_place PRIMARY KEY (officer_id),
    CONSTRAINT fk_bench_place_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT fk_bench_place_contract_id FOREIGN KEY(contract_id) REFERENCES contract (id)
);

CREATE INDEX ix_bench_place_contract ON bench_place (contract_id);

CREATE INDEX ix_bank_report_account ON bank_report (provider, account, kind);
