-- One act may propose or decide several lines of a bank (SQLite).
-- Tables are written anew under their names: what refers to them finds every row again.

PRAGMA defer_foreign_keys = ON;

CREATE TABLE line_proposal_before AS SELECT * FROM line_proposal;

DROP TABLE line_proposal;

CREATE TABLE line_proposal (
    id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    bank_line_id INTEGER,
    content TEXT NOT NULL,
    reason TEXT NOT NULL,
    digest TEXT NOT NULL,
    amount INTEGER NOT NULL,
    proposed_by INTEGER NOT NULL,
    act_id INTEGER NOT NULL,
    proposed_at TEXT NOT NULL,
    CONSTRAINT pk_line_proposal PRIMARY KEY (id),
    CONSTRAINT uq_line_proposal_id_proposed_by_digest UNIQUE (id, proposed_by, digest),
    CONSTRAINT ck_line_proposal_kind CHECK (kind in ('match', 'unmatch', 'rule', 'rule_end')),
    CONSTRAINT ck_line_proposal_about CHECK ((kind in ('match', 'unmatch')) = (bank_line_id is not null)),
    CONSTRAINT ck_line_proposal_reason CHECK (trim(reason) <> ''),
    CONSTRAINT fk_line_proposal_bank_line_id FOREIGN KEY(bank_line_id) REFERENCES bank_line (id),
    CONSTRAINT fk_line_proposal_proposed_by FOREIGN KEY(proposed_by) REFERENCES officer (id),
    CONSTRAINT fk_line_proposal_act_id FOREIGN KEY(act_id) REFERENCES act (id)
) STRICT;

CREATE INDEX ix_line_proposal_bank_line_id ON line_proposal (bank_line_id);

CREATE INDEX ix_line_proposal_act_id ON line_proposal (act_id);

INSERT INTO line_proposal (id, kind, bank_line_id, content, reason, digest, amount, proposed_by, act_id, proposed_at)
SELECT id, kind, bank_line_id, content, reason, digest, amount, proposed_by, act_id, proposed_at FROM line_proposal_before ORDER BY id;

DROP TABLE line_proposal_before;

CREATE TABLE line_decision_before AS SELECT * FROM line_decision;

DROP TABLE line_decision;

CREATE TABLE line_decision (
    proposal_id INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    proposed_by INTEGER NOT NULL,
    digest TEXT NOT NULL,
    officer_id INTEGER NOT NULL,
    act_id INTEGER NOT NULL,
    reason TEXT NOT NULL,
    decided_at TEXT NOT NULL,
    CONSTRAINT pk_line_decision PRIMARY KEY (proposal_id),
    CONSTRAINT fk_line_decision_proposal_id_proposed_by_digest FOREIGN KEY(proposal_id, proposed_by, digest) REFERENCES line_proposal (id, proposed_by, digest),
    CONSTRAINT ck_line_decision_verdict CHECK (verdict in ('confirmed', 'rejected')),
    CONSTRAINT ck_line_decision_two_persons CHECK (verdict = 'rejected' or officer_id <> proposed_by),
    CONSTRAINT fk_line_decision_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT fk_line_decision_act_id FOREIGN KEY(act_id) REFERENCES act (id)
) STRICT;

CREATE INDEX ix_line_decision_act_id ON line_decision (act_id);

INSERT INTO line_decision (proposal_id, verdict, proposed_by, digest, officer_id, act_id, reason, decided_at)
SELECT proposal_id, verdict, proposed_by, digest, officer_id, act_id, reason, decided_at FROM line_decision_before ORDER BY proposal_id;

DROP TABLE line_decision_before;
