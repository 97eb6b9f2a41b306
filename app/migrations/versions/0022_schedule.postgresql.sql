-- The schedule: moved days, locks, reminders, turns of jobs, releases anew (PostgreSQL).

ALTER TABLE job_run ADD COLUMN due_at TIMESTAMP WITH TIME ZONE;

ALTER TABLE job_run ADD COLUMN heartbeat_at TIMESTAMP WITH TIME ZONE;

ALTER TABLE job_run ADD COLUMN attempts BIGINT DEFAULT 1 NOT NULL;

ALTER TABLE job_run ADD COLUMN failures BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE job_run ADD COLUMN error TEXT DEFAULT '' NOT NULL;

ALTER TABLE job_run ADD COLUMN try_at TIMESTAMP WITH TIME ZONE;

CREATE TABLE calendar_day (
    id BIGSERIAL NOT NULL,
    day DATE NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    source TEXT NOT NULL,
    joint_id BIGINT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_calendar_day PRIMARY KEY (id),
    CONSTRAINT ck_calendar_day_kind CHECK (kind in ('open', 'closed')),
    CONSTRAINT ck_calendar_day_told CHECK (name <> '' and source <> ''),
    CONSTRAINT uq_calendar_day_joint_id UNIQUE (joint_id),
    CONSTRAINT fk_calendar_day_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id)
);

CREATE INDEX ix_calendar_day_day ON calendar_day (day);

CREATE TABLE period_lock (
    id BIGSERIAL NOT NULL,
    period TEXT NOT NULL,
    locked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    locked_by TEXT NOT NULL,
    CONSTRAINT pk_period_lock PRIMARY KEY (id)
);

CREATE INDEX ix_period_lock_period ON period_lock (period);

CREATE TABLE period_unlock (
    lock_id BIGINT NOT NULL,
    joint_id BIGINT NOT NULL,
    reason TEXT NOT NULL,
    unlocked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_period_unlock PRIMARY KEY (lock_id),
    CONSTRAINT ck_period_unlock_reason CHECK (reason <> ''),
    CONSTRAINT fk_period_unlock_lock_id FOREIGN KEY(lock_id) REFERENCES period_lock (id),
    CONSTRAINT uq_period_unlock_joint_id UNIQUE (joint_id),
    CONSTRAINT fk_period_unlock_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id)
);

CREATE TABLE reminder (
    id BIGSERIAL NOT NULL,
    slot TEXT NOT NULL,
    period TEXT NOT NULL,
    step TEXT NOT NULL,
    officer_id BIGINT NOT NULL,
    payrolls BIGINT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_reminder PRIMARY KEY (id),
    CONSTRAINT uq_reminder_slot_step_officer_id UNIQUE (slot, step, officer_id),
    CONSTRAINT ck_reminder_step CHECK (step in ('submit', 'check', 'approve')),
    CONSTRAINT ck_reminder_payrolls CHECK (payrolls > 0),
    CONSTRAINT fk_reminder_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id)
);

CREATE TABLE job_since (
    job TEXT NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_job_since PRIMARY KEY (job)
);

CREATE TABLE scheduler_seen (
    worker TEXT NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_scheduler_seen PRIMARY KEY (worker)
);

ALTER TABLE batch_release ADD COLUMN round BIGINT DEFAULT 1 NOT NULL;

ALTER TABLE batch_release DROP CONSTRAINT pk_batch_release;

ALTER TABLE batch_release ADD CONSTRAINT pk_batch_release PRIMARY KEY (batch_id, officer_id, round);
