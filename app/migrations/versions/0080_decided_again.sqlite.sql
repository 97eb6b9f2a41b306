-- A batch may have several decisions that payments never came (SQLite).
-- The table is written anew under its name: what refers to it finds every row again.

PRAGMA defer_foreign_keys = ON;

CREATE TABLE horizon_decision_before AS SELECT * FROM horizon_decision;

DROP TABLE horizon_decision;

CREATE TABLE horizon_decision (
    id INTEGER NOT NULL,
    batch_id INTEGER NOT NULL,
    last_day TEXT NOT NULL,
    statement_id INTEGER NOT NULL,
    next_statement_id INTEGER NOT NULL,
    enquiry TEXT NOT NULL,
    enquired_on TEXT NOT NULL,
    lines INTEGER NOT NULL,
    total INTEGER NOT NULL,
    digest TEXT NOT NULL,
    joint_id INTEGER NOT NULL,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_horizon_decision PRIMARY KEY (id),
    CONSTRAINT ck_horizon_decision_size CHECK (lines > 0 and total > 0),
    CONSTRAINT ck_horizon_decision_enquiry CHECK (trim(enquiry) <> ''),
    CONSTRAINT fk_horizon_decision_batch_id FOREIGN KEY(batch_id) REFERENCES batch (id),
    CONSTRAINT fk_horizon_decision_statement_id FOREIGN KEY(statement_id) REFERENCES bank_report (id),
    CONSTRAINT fk_horizon_decision_next_statement_id FOREIGN KEY(next_statement_id) REFERENCES bank_report (id),
    CONSTRAINT uq_horizon_decision_joint_id UNIQUE (joint_id),
    CONSTRAINT fk_horizon_decision_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id)
) STRICT;

INSERT INTO horizon_decision (id, batch_id, last_day, statement_id, next_statement_id, enquiry, enquired_on, lines, total, digest, joint_id, recorded_at)
SELECT id, batch_id, last_day, statement_id, next_statement_id, enquiry, enquired_on, lines, total, digest, joint_id, recorded_at FROM horizon_decision_before ORDER BY id;

DROP TABLE horizon_decision_before;

CREATE INDEX ix_horizon_decision_batch_id ON horizon_decision (batch_id);
