-- What the matcher placed may be taken back by two officers (SQLite).
-- Tables are written anew under their names: what refers to them finds every row again.

PRAGMA defer_foreign_keys = ON;

CREATE TABLE outcome_before AS SELECT * FROM outcome;

DROP TABLE outcome;

CREATE TABLE outcome (
    id INTEGER NOT NULL,
    instruction_id INTEGER NOT NULL,
    state TEXT NOT NULL,
    bank_line_id INTEGER,
    report_id INTEGER,
    decision_id INTEGER,
    source TEXT NOT NULL,
    word TEXT NOT NULL,
    evidence TEXT NOT NULL,
    reason TEXT NOT NULL,
    happened_on TEXT NOT NULL,
    posted_on TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    entry_id INTEGER,
    part_id INTEGER,
    undone_by INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_outcome PRIMARY KEY (id),
    CONSTRAINT uq_outcome_instruction_id_state_undone_by UNIQUE (instruction_id, state, undone_by),
    CONSTRAINT ck_outcome_evidence CHECK ((case when bank_line_id is null then 0 else 1 end) + (case when report_id is null then 0 else 1 end) + (case when decision_id is null then 0 else 1 end) + (case when part_id is null then 0 else 1 end) = 1),
    CONSTRAINT ck_outcome_undone CHECK (undone_by = 0 or decision_id is null),
    CONSTRAINT ck_outcome_posted CHECK ((entry_id is null) = (state = 'credited')),
    CONSTRAINT fk_outcome_instruction_id FOREIGN KEY(instruction_id) REFERENCES instruction (id),
    CONSTRAINT fk_outcome_bank_line_id FOREIGN KEY(bank_line_id) REFERENCES bank_line (id),
    CONSTRAINT fk_outcome_report_id FOREIGN KEY(report_id) REFERENCES bank_report (id),
    CONSTRAINT fk_outcome_decision_id FOREIGN KEY(decision_id) REFERENCES horizon_decision (id),
    CONSTRAINT uq_outcome_bank_line_id UNIQUE (bank_line_id)
) STRICT;

CREATE INDEX ix_outcome_credited ON outcome (instruction_id) WHERE state = 'credited';

CREATE INDEX ix_outcome_part_id ON outcome (part_id) WHERE part_id is not null;

INSERT INTO outcome (id, instruction_id, state, bank_line_id, report_id, decision_id, source, word, evidence, reason, happened_on, posted_on, recorded_at, entry_id, part_id, undone_by)
SELECT id, instruction_id, state, bank_line_id, report_id, decision_id, source, word, evidence, reason, happened_on, posted_on, recorded_at, entry_id, part_id, undone_by FROM outcome_before ORDER BY id;

DROP TABLE outcome_before;

CREATE TABLE line_unplacing_before AS SELECT * FROM line_unplacing;

DROP TABLE line_unplacing;

CREATE TABLE line_unplacing (
    proposal_id INTEGER NOT NULL,
    placing_id INTEGER,
    bank_line_id INTEGER NOT NULL,
    entry_id INTEGER NOT NULL,
    posted_on TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_line_unplacing PRIMARY KEY (proposal_id),
    CONSTRAINT fk_line_unplacing_proposal_id FOREIGN KEY(proposal_id) REFERENCES line_proposal (id),
    CONSTRAINT uq_line_unplacing_placing_id UNIQUE (placing_id),
    CONSTRAINT fk_line_unplacing_placing_id FOREIGN KEY(placing_id) REFERENCES line_placing (proposal_id),
    CONSTRAINT fk_line_unplacing_bank_line_id FOREIGN KEY(bank_line_id) REFERENCES bank_line (id),
    CONSTRAINT uq_line_unplacing_entry_id UNIQUE (entry_id)
) STRICT;

CREATE INDEX ix_line_unplacing_bank_line_id ON line_unplacing (bank_line_id);

INSERT INTO line_unplacing (proposal_id, placing_id, bank_line_id, entry_id, posted_on, recorded_at)
SELECT proposal_id, placing_id, bank_line_id, entry_id, posted_on, recorded_at FROM line_unplacing_before ORDER BY proposal_id;

DROP TABLE line_unplacing_before;

ALTER TABLE line_match ADD COLUMN withdrawn_by INTEGER DEFAULT 0 NOT NULL;

DROP INDEX uq_line_match_target;

CREATE UNIQUE INDEX uq_line_match_target ON line_match (verdict, target_id) WHERE verdict not in ('credit_unknown', 'debit_unknown', 'conflict', 'noted', 'told_before') and withdrawn_by = 0;

CREATE TABLE fee_taken (
    verdict TEXT NOT NULL,
    target_id INTEGER NOT NULL,
    turn INTEGER NOT NULL,
    bank_line_id INTEGER NOT NULL,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_fee_taken PRIMARY KEY (verdict, target_id, turn),
    CONSTRAINT ck_fee_taken_verdict CHECK (verdict in ('fee_month', 'fee_batch')),
    CONSTRAINT fk_fee_taken_bank_line_id FOREIGN KEY(bank_line_id) REFERENCES bank_line (id)
) STRICT;

INSERT INTO fee_taken (verdict, target_id, turn, bank_line_id, recorded_at)
SELECT m.verdict, m.target_id, (SELECT count(*) FROM line_part o WHERE o.verdict = m.verdict AND o.target_id = m.target_id AND o.undone_by > 0), m.bank_line_id, f.received_at FROM line_match m JOIN bank_line l ON l.id = m.bank_line_id JOIN inbound_file f ON f.id = l.file_id WHERE m.verdict in ('fee_month', 'fee_batch')
UNION ALL SELECT q.verdict, q.target_id, (SELECT count(*) FROM line_part o WHERE o.verdict = q.verdict AND o.target_id = q.target_id AND o.undone_by > 0 AND o.id < q.id), g.bank_line_id, g.placed_at FROM line_part q JOIN line_placing g ON g.proposal_id = q.proposal_id WHERE q.verdict in ('fee_month', 'fee_batch');

ALTER TABLE banned_account RENAME TO banned_account_before;

CREATE TABLE banned_account (
    account_key TEXT NOT NULL,
    reason TEXT NOT NULL,
    banned_at TEXT NOT NULL,
    CONSTRAINT pk_banned_account PRIMARY KEY (account_key, banned_at)
) STRICT;

INSERT INTO banned_account (account_key, reason, banned_at) SELECT account_key, reason, banned_at FROM banned_account_before;

DROP TABLE banned_account_before;

CREATE TABLE ban_lifting (
    id INTEGER NOT NULL,
    account_key TEXT NOT NULL,
    banned_at TEXT NOT NULL,
    proposal_id INTEGER NOT NULL,
    lifted_at TEXT NOT NULL,
    CONSTRAINT pk_ban_lifting PRIMARY KEY (id),
    CONSTRAINT uq_ban_lifting_account_key_banned_at UNIQUE (account_key, banned_at)
) STRICT;
