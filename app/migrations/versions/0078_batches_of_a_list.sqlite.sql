-- A list may need several batches at one provider (SQLite). The table is written anew under its name:
-- what refers to it is looked at when the upgrade is committed, and finds every row again.

PRAGMA defer_foreign_keys = ON;

CREATE TABLE batch_before AS SELECT * FROM batch;

DROP TABLE batch;

CREATE TABLE batch (
    id INTEGER NOT NULL,
    payroll_id INTEGER NOT NULL,
    contract_id INTEGER NOT NULL,
    number INTEGER DEFAULT 1 NOT NULL,
    message_id TEXT NOT NULL,
    lines INTEGER NOT NULL,
    total INTEGER NOT NULL,
    requested_on TEXT NOT NULL,
    built_at TEXT NOT NULL,
    lines_digest TEXT NOT NULL,
    state TEXT NOT NULL,
    file_name TEXT,
    sha256 TEXT,
    owner TEXT,
    lease_until TEXT,
    fence INTEGER DEFAULT 0 NOT NULL,
    not_after TEXT,
    execute_on TEXT,
    CONSTRAINT pk_batch PRIMARY KEY (id),
    CONSTRAINT uq_batch_payroll_id_contract_id_number UNIQUE (payroll_id, contract_id, number),
    CONSTRAINT ck_batch_size CHECK (lines > 0 and total > 0),
    CONSTRAINT fk_batch_payroll_id FOREIGN KEY(payroll_id) REFERENCES payroll (id),
    CONSTRAINT fk_batch_contract_id FOREIGN KEY(contract_id) REFERENCES contract (id),
    CONSTRAINT uq_batch_message_id UNIQUE (message_id)
) STRICT;

CREATE INDEX ix_batch_state ON batch (state);

CREATE INDEX ix_batch_contract_id ON batch (contract_id);

CREATE INDEX ix_batch_requested_on ON batch (requested_on);

INSERT INTO batch (id, payroll_id, contract_id, message_id, lines, total, requested_on, built_at, lines_digest, state, file_name, sha256, owner, lease_until, fence, not_after, execute_on)
SELECT id, payroll_id, contract_id, message_id, lines, total, requested_on, built_at, lines_digest, state, file_name, sha256, owner, lease_until, fence, not_after, execute_on FROM batch_before ORDER BY id;

DROP TABLE batch_before;
