-- Notices of what was taken back after it was told, and of sessions that were ended (SQLite).
-- The table is written anew under its name.

CREATE TABLE message_before AS SELECT * FROM message;

DROP TABLE message;

CREATE TABLE message (
    id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    event_id INTEGER NOT NULL,
    person_id INTEGER,
    phone_key TEXT NOT NULL,
    phone_cipher BLOB NOT NULL,
    prefix TEXT NOT NULL,
    text_cipher BLOB NOT NULL,
    parts INTEGER NOT NULL,
    cost INTEGER NOT NULL,
    state TEXT NOT NULL,
    queued_at TEXT NOT NULL,
    try_at TEXT NOT NULL,
    give_up_at TEXT NOT NULL,
    attempts INTEGER DEFAULT 0 NOT NULL,
    doubts INTEGER DEFAULT 0 NOT NULL,
    owner TEXT DEFAULT '' NOT NULL,
    lease_until TEXT,
    gateway TEXT DEFAULT '' NOT NULL,
    gateway_id TEXT DEFAULT '' NOT NULL,
    sent_at TEXT,
    ended_at TEXT,
    reason TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_message PRIMARY KEY (id),
    CONSTRAINT uq_message_kind_event_id UNIQUE (kind, event_id),
    CONSTRAINT ck_message_kind CHECK (kind in ('paid', 'returned', 'cash_ready', 'joined', 'left', 'code', 'answer', 'case', 'taken_back', 'signed_out')),
    CONSTRAINT ck_message_reason CHECK (reason in ('', 'no_such_number', 'refused', 'expired', 'withdrawn', 'unknown', 'undelivered')),
    CONSTRAINT ck_message_somebody CHECK (kind = 'answer' or person_id is not null),
    CONSTRAINT ck_message_size CHECK (parts > 0 and cost >= 0 and attempts >= doubts and doubts >= 0),
    CONSTRAINT ck_message_claimed CHECK (state <> 'sending' or lease_until is not null),
    CONSTRAINT ck_message_ended CHECK (state not in ('failed', 'delivered') or ended_at is not null),
    CONSTRAINT fk_message_person_id FOREIGN KEY(person_id) REFERENCES person (id)
) STRICT;

CREATE INDEX ix_message_asked ON message (try_at, id) WHERE state = 'queued' and kind in ('code', 'answer');

CREATE INDEX ix_message_nowhere ON message (phone_key) WHERE reason = 'no_such_number';

CREATE INDEX ix_message_person_id ON message (person_id);

CREATE INDEX ix_message_phone_key ON message (phone_key);

CREATE INDEX ix_message_waits ON message (state, try_at, id) WHERE state in ('queued', 'sending', 'in_doubt');

INSERT INTO message (id, kind, event_id, person_id, phone_key, phone_cipher, prefix, text_cipher, parts, cost, state, queued_at, try_at, give_up_at, attempts, doubts, owner, lease_until, gateway, gateway_id, sent_at, ended_at, reason)
SELECT id, kind, event_id, person_id, phone_key, phone_cipher, prefix, text_cipher, parts, cost, state, queued_at, try_at, give_up_at, attempts, doubts, owner, lease_until, gateway, gateway_id, sent_at, ended_at, reason FROM message_before ORDER BY id;

DROP TABLE message_before;
