-- Roles granted by two persons, from when to when; departments of programmes (PostgreSQL).

CREATE TABLE department (
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    CONSTRAINT pk_department PRIMARY KEY (code)
);

ALTER TABLE programme ADD COLUMN department TEXT CONSTRAINT fk_programme_department REFERENCES department (code);

CREATE TABLE role_grant (
    id BIGSERIAL NOT NULL,
    officer_id BIGINT NOT NULL,
    role TEXT NOT NULL,
    unit_code TEXT NOT NULL,
    department TEXT NOT NULL,
    kind TEXT NOT NULL,
    valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
    valid_until TIMESTAMP WITH TIME ZONE NOT NULL,
    joint_id BIGINT,
    lent_id BIGINT,
    cap BIGINT,
    granted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_role_grant PRIMARY KEY (id),
    CONSTRAINT ck_role_grant_role CHECK (role in ('maker', 'checker', 'approver', 'releaser', 'auditor', 'admin')),
    CONSTRAINT ck_role_grant_kind CHECK (kind in ('founding', 'standing', 'delegated', 'emergency')),
    CONSTRAINT ck_role_grant_term CHECK (valid_from < valid_until),
    CONSTRAINT ck_role_grant_by_two CHECK ((kind = 'founding') = (joint_id is null)),
    CONSTRAINT ck_role_grant_lent CHECK ((kind = 'delegated') = (lent_id is not null) and (kind = 'delegated') = (cap is not null) and (cap is null or cap > 0)),
    CONSTRAINT fk_role_grant_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT uq_role_grant_joint_id UNIQUE (joint_id),
    CONSTRAINT fk_role_grant_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id),
    CONSTRAINT fk_role_grant_lent_id FOREIGN KEY(lent_id) REFERENCES role_grant (id)
);

CREATE INDEX ix_role_grant_lent_id ON role_grant (lent_id);

CREATE INDEX ix_role_grant_officer ON role_grant (officer_id, role);

CREATE TABLE role_end (
    grant_id BIGINT NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE NOT NULL,
    reason TEXT NOT NULL,
    act_id BIGINT,
    joint_id BIGINT,
    CONSTRAINT pk_role_end PRIMARY KEY (grant_id),
    CONSTRAINT ck_role_end_by_whom CHECK ((act_id is null) <> (joint_id is null)),
    CONSTRAINT fk_role_end_grant_id FOREIGN KEY(grant_id) REFERENCES role_grant (id),
    CONSTRAINT uq_role_end_act_id UNIQUE (act_id),
    CONSTRAINT fk_role_end_act_id FOREIGN KEY(act_id) REFERENCES act (id),
    CONSTRAINT uq_role_end_joint_id UNIQUE (joint_id),
    CONSTRAINT fk_role_end_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id)
);

CREATE TABLE role_conflict (
    role TEXT NOT NULL,
    other TEXT NOT NULL,
    reach TEXT NOT NULL,
    why TEXT NOT NULL,
    CONSTRAINT pk_role_conflict PRIMARY KEY (role, other),
    CONSTRAINT ck_role_conflict_pair CHECK (role <> other and reach in ('unit', 'everywhere'))
);

INSERT INTO role_grant (officer_id, role, unit_code, department, kind, valid_from, valid_until, granted_at)
SELECT officer_id, role, unit_code, '', 'founding', begins.at, begins.at + INTERVAL '1 year', begins.at
FROM officer_role, (SELECT max(at) AS at FROM (SELECT TIMESTAMP WITH TIME ZONE '1970-01-01 00:00:00+00' AS at UNION ALL SELECT acted_at FROM act UNION ALL SELECT at FROM audit_event) AS told) AS begins
ORDER BY officer_id, role, unit_code;

DROP TABLE officer_role;
