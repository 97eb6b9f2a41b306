-- Helpers of the digital team have a role of their own (SQLite).
-- The table is written anew under its name: what refers to it finds every row again.

PRAGMA defer_foreign_keys = ON;

CREATE TABLE role_grant_before AS SELECT * FROM role_grant;

DROP TABLE role_grant;

CREATE TABLE role_grant (
    id INTEGER NOT NULL,
    officer_id INTEGER NOT NULL,
    role TEXT NOT NULL,
    unit_code TEXT NOT NULL,
    department TEXT NOT NULL,
    kind TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_until TEXT NOT NULL,
    joint_id INTEGER,
    lent_id INTEGER,
    cap INTEGER,
    granted_at TEXT NOT NULL,
    CONSTRAINT pk_role_grant PRIMARY KEY (id),
    CONSTRAINT ck_role_grant_role CHECK (role in ('maker', 'checker', 'approver', 'releaser', 'auditor', 'admin', 'desk', 'helper')),
    CONSTRAINT ck_role_grant_kind CHECK (kind in ('founding', 'standing', 'delegated', 'emergency')),
    CONSTRAINT ck_role_grant_term CHECK (valid_from < valid_until),
    CONSTRAINT ck_role_grant_by_two CHECK ((kind = 'founding') = (joint_id is null)),
    CONSTRAINT ck_role_grant_lent CHECK ((kind = 'delegated') = (lent_id is not null) and (kind = 'delegated') = (cap is not null) and (cap is null or cap > 0)),
    CONSTRAINT fk_role_grant_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT uq_role_grant_joint_id UNIQUE (joint_id),
    CONSTRAINT fk_role_grant_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id),
    CONSTRAINT fk_role_grant_lent_id FOREIGN KEY(lent_id) REFERENCES role_grant (id)
) STRICT;

CREATE INDEX ix_role_grant_lent_id ON role_grant (lent_id);

CREATE INDEX ix_role_grant_officer ON role_grant (officer_id, role);

INSERT INTO role_grant (id, officer_id, role, unit_code, department, kind, valid_from, valid_until, joint_id, lent_id, cap, granted_at)
SELECT id, officer_id, role, unit_code, department, kind, valid_from, valid_until, joint_id, lent_id, cap, granted_at FROM role_grant_before ORDER BY id;

DROP TABLE role_grant_before;
