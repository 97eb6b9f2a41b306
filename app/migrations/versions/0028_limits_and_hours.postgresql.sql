-- Hours of approval, the shipped calendar, and what leaves an account on a day (PostgreSQL).

CREATE TABLE approval_hours (
    id BIGSERIAL NOT NULL,
    from_day DATE NOT NULL,
    opens TEXT NOT NULL,
    closes TEXT NOT NULL,
    every_day BIGINT NOT NULL,
    reason TEXT NOT NULL,
    joint_id BIGINT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_approval_hours PRIMARY KEY (id),
    CONSTRAINT ck_approval_hours_hours CHECK (length(opens) = 5 and length(closes) = 5 and opens < closes),
    CONSTRAINT ck_approval_hours_every_day CHECK (every_day in (0, 1)),
    CONSTRAINT ck_approval_hours_reason CHECK (trim(reason) <> ''),
    CONSTRAINT uq_approval_hours_joint_id UNIQUE (joint_id),
    CONSTRAINT fk_approval_hours_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id)
);

CREATE TABLE shipped_day (
    day TEXT NOT NULL,
    kind TEXT NOT NULL,
    CONSTRAINT pk_shipped_day PRIMARY KEY (day),
    CONSTRAINT ck_shipped_day_kind CHECK (kind in ('open', 'closed'))
);

CREATE INDEX ix_batch_requested_on ON batch (requested_on);
