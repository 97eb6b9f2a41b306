-- The schedule: moved days, locks, reminders, turns of jobs, releases anew (SQLite).

ALTER TABLE job_run ADD COLUMN due_at TEXT;

ALTER TABLE job_run ADD COLUMN heartbeat_at TEXT;

ALTER TABLE job_run ADD COLUMN attempts INTEGER DEFAULT 1 NOT NULL;

ALTER TABLE job_run ADD COLUMN failures INTEGER DEFAULT 0 NOT NULL;

ALTER TABLE job_run ADD COLUMN error TEXT DEFAULT '' NOT NULL;

ALTER TABLE job_run ADD COLUMN try_at TEXT;

CREATE TABLE calendar_day (
    id INTEGER NOT NULL,
    day TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    source TEXT NOT NULL,
    joint_id INTEGER NOT NULL,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_calendar_day PRIMARY KEY (id),
    CONSTRAINT ck_calendar_day_kind CHECK (kind in ('open', 'closed')),
    CONSTRAINT ck_calendar_day_told CHECK (name <> '' and source <> ''),
    CONSTRAINT uq_calendar_day_joint_id UNIQUE (joint_id),
    CONSTRAINT fk_calendar_day_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id)
) STRICT;

CREATE INDEX ix_calendar_day_day ON calendar_day (day);

CREATE TABLE period_lock (
    id INTEGER NOT NULL,
    period TEXT NOT NULL,
    locked_at TEXT NOT NULL,
    locked_by TEXT NOT NULL,
    CONSTRAINT pk_period_lock PRIMARY KEY (id)
) STRICT;

CREATE INDEX ix_period_lock_period ON period_lock (period);

CREATE TABLE period_unlock (
    lock_id INTEGER NOT NULL,
    joint_id INTEGER NOT NULL,
    reason TEXT NOT NULL,
    unlocked_at TEXT NOT NULL,
    CONSTRAINT pk_period_unlock PRIMARY KEY (lock_id),
    CONSTRAINT ck_period_unlock_reason CHECK (reason <> ''),
    CONSTRAINT fk_period_unlock_lock_id FOREIGN KEY(lock_id) REFERENCES period_lock (id),
    CONSTRAINT uq_period_unlock_joint_id UNIQUE (joint_id),
    CONSTRAINT fk_period_unlock_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id)
) STRICT;

CREATE TABLE reminder (
    id INTEGER NOT NULL,
    slot TEXT NOT NULL,
    period TEXT NOT NULL,
    step TEXT NOT NULL,
    officer_id INTEGER NOT NULL,
    payrolls INTEGER NOT NULL,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_reminder PRIMARY KEY (id),
    CONSTRAINT uq_reminder_slot_step_officer_id UNIQUE (slot, step, officer_id),
    CONSTRAINT ck_reminder_step CHECK (step in ('submit', 'check', 'approve')),
    CONSTRAINT ck_reminder_payrolls CHECK (payrolls > 0),
    CONSTRAINT fk_reminder_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id)
) STRICT;

CREATE TABLE job_since (
    job TEXT NOT NULL,
    since TEXT NOT NULL,
    CONSTRAINT pk_job_since PRIMARY KEY (job)
) STRICT;

CREATE TABLE scheduler_seen (
    worker TEXT NOT NULL,
    started_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    CONSTRAINT pk_scheduler_seen PRIMARY KEY (worker)
) STRICT;

CREATE TABLE batch_release_new (
    batch_id INTEGER NOT NULL,
    officer_id INTEGER NOT NULL,
    act_id INTEGER NOT NULL,
    round INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_batch_release PRIMARY KEY (batch_id, officer_id, round),
    CONSTRAINT fk_batch_release_batch_id FOREIGN KEY(batch_id) REFERENCES batch (id),
    CONSTRAINT fk_batch_release_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT fk_batch_release_act_id FOREIGN KEY(act_id) REFERENCES act (id)
) STRICT;

INSERT INTO batch_release_new (batch_id, officer_id, act_id)
SELECT batch_id, officer_id, act_id FROM batch_release;

DROP TABLE batch_release;

ALTER TABLE batch_release_new RENAME TO batch_release;
