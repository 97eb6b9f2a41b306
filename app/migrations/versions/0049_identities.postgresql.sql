-- Subjects of an issuer that stand for officers; the trail is read by moment and by kind (PostgreSQL).

CREATE TABLE officer_identity (
    officer_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    subject_key TEXT NOT NULL,
    reason TEXT NOT NULL,
    joint_id BIGINT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_officer_identity PRIMARY KEY (officer_id, number),
    CONSTRAINT ck_officer_identity_number CHECK (number > 0),
    CONSTRAINT fk_officer_identity_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT uq_officer_identity_joint_id UNIQUE (joint_id),
    CONSTRAINT fk_officer_identity_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id)
);

CREATE INDEX ix_officer_identity_subject ON officer_identity (subject_key);

CREATE INDEX ix_audit_event_action ON audit_event (action, at, id);

CREATE INDEX ix_audit_event_at ON audit_event (at, id);
