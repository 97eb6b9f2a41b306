-- A unique key of payrolls that nothing refers to any more goes (SQLite). The table is written anew under
-- its name: what refers to it is looked at when the upgrade is committed, and finds every row again.

PRAGMA defer_foreign_keys = ON;

CREATE TABLE payroll_before AS SELECT * FROM payroll;

DROP TABLE payroll;

CREATE TABLE payroll (
    id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    period TEXT NOT NULL,
    number INTEGER NOT NULL,
    unit_code TEXT NOT NULL,
    programme TEXT NOT NULL,
    fund TEXT NOT NULL,
    state TEXT NOT NULL,
    lines INTEGER NOT NULL,
    total INTEGER NOT NULL,
    digest TEXT,
    maker_id INTEGER,
    opened_at TEXT NOT NULL,
    campaign TEXT DEFAULT '' NOT NULL,
    round INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_payroll PRIMARY KEY (id),
    CONSTRAINT uq_payroll_period_unit_code_programme_kind_number UNIQUE (period, unit_code, programme, kind, number),
    CONSTRAINT ck_payroll_kind CHECK (kind in ('monthly', 'difference', 'follow_up', 'campaign', 'staff')),
    CONSTRAINT ck_payroll_campaign CHECK ((kind = 'campaign') = (campaign <> '')),
    CONSTRAINT ck_payroll_submitted CHECK (state = 'draft' or state = 'void' or (digest is not null and maker_id is not null)),
    CONSTRAINT fk_payroll_unit_code FOREIGN KEY(unit_code) REFERENCES paying_unit (code),
    CONSTRAINT fk_payroll_programme FOREIGN KEY(programme) REFERENCES programme (code),
    CONSTRAINT fk_payroll_fund FOREIGN KEY(fund) REFERENCES fund (code),
    CONSTRAINT fk_payroll_maker_id FOREIGN KEY(maker_id) REFERENCES officer (id)
) STRICT;

INSERT INTO payroll (id, kind, period, number, unit_code, programme, fund, state, lines, total, digest, maker_id, opened_at, campaign, round)
SELECT id, kind, period, number, unit_code, programme, fund, state, lines, total, digest, maker_id, opened_at, campaign, round FROM payroll_before ORDER BY id;

DROP TABLE payroll_before;
