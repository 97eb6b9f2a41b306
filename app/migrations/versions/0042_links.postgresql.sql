-- Links by which officers set their passwords, and recovery codes (PostgreSQL).

CREATE TABLE enrolment_link (
    id BIGSERIAL NOT NULL,
    officer_id BIGINT NOT NULL,
    digest TEXT NOT NULL,
    joint_id BIGINT,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    valid_until TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_enrolment_link PRIMARY KEY (id),
    CONSTRAINT ck_enrolment_link_term CHECK (made_at < valid_until),
    CONSTRAINT fk_enrolment_link_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT uq_enrolment_link_digest UNIQUE (digest),
    CONSTRAINT uq_enrolment_link_joint_id UNIQUE (joint_id),
    CONSTRAINT fk_enrolment_link_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id)
);

CREATE TABLE enrolment_link_use (
    link_id BIGINT NOT NULL,
    act_id BIGINT NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_enrolment_link_use PRIMARY KEY (link_id),
    CONSTRAINT fk_enrolment_link_use_link_id FOREIGN KEY(link_id) REFERENCES enrolment_link (id),
    CONSTRAINT uq_enrolment_link_use_act_id UNIQUE (act_id),
    CONSTRAINT fk_enrolment_link_use_act_id FOREIGN KEY(act_id) REFERENCES act (id)
);

CREATE TABLE recovery_code (
    officer_id BIGINT NOT NULL,
    batch BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    digest TEXT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_recovery_code PRIMARY KEY (officer_id, batch, ordinal),
    CONSTRAINT ck_recovery_code_ten CHECK (ordinal between 1 and 10),
    CONSTRAINT fk_recovery_code_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT uq_recovery_code_digest UNIQUE (digest)
);

CREATE TABLE recovery_use (
    digest TEXT NOT NULL,
    purpose TEXT NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_recovery_use PRIMARY KEY (digest),
    CONSTRAINT ck_recovery_use_purpose CHECK (purpose in ('sign_in', 'password')),
    CONSTRAINT fk_recovery_use_digest FOREIGN KEY(digest) REFERENCES recovery_code (digest)
);
