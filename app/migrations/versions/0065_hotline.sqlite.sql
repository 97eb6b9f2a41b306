-- Look-ups of the hotline, what was asked to know a caller, notices sent again, calls back (SQLite).
-- `message` is written anew under its name.

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
    CONSTRAINT ck_message_kind CHECK (kind in ('paid', 'returned', 'cash_ready', 'joined', 'left', 'code', 'answer', 'case', 'again', 'taken_back', 'signed_out')),
    CONSTRAINT ck_message_reason CHECK (reason in ('', 'no_such_number', 'refused', 'expired', 'withdrawn', 'unknown', 'undelivered')),
    CONSTRAINT ck_message_somebody CHECK (kind = 'answer' or person_id is not null),
    CONSTRAINT ck_message_size CHECK (parts > 0 and cost >= 0 and attempts >= doubts and doubts >= 0),
    CONSTRAINT ck_message_claimed CHECK (state <> 'sending' or lease_until is not null),
    CONSTRAINT ck_message_ended CHECK (state not in ('failed', 'delivered') or ended_at is not null),
    CONSTRAINT fk_message_person_id FOREIGN KEY(person_id) REFERENCES person (id)
) STRICT;

CREATE INDEX ix_message_asked ON message (try_at, id) WHERE state = 'queued' and kind in ('code', 'answer', 'again');

CREATE INDEX ix_message_nowhere ON message (phone_key) WHERE reason = 'no_such_number';

CREATE INDEX ix_message_person_id ON message (person_id);

CREATE INDEX ix_message_phone_key ON message (phone_key);

CREATE INDEX ix_message_waits ON message (state, try_at, id) WHERE state in ('queued', 'sending', 'in_doubt');

INSERT INTO message (id, kind, event_id, person_id, phone_key, phone_cipher, prefix, text_cipher, parts, cost, state, queued_at, try_at, give_up_at, attempts, doubts, owner, lease_until, gateway, gateway_id, sent_at, ended_at, reason)
SELECT id, kind, event_id, person_id, phone_key, phone_cipher, prefix, text_cipher, parts, cost, state, queued_at, try_at, give_up_at, attempts, doubts, owner, lease_until, gateway, gateway_id, sent_at, ended_at, reason FROM message_before ORDER BY id;

DROP TABLE message_before;

CREATE TABLE hotline_lookup (
    id INTEGER NOT NULL,
    officer_id INTEGER NOT NULL,
    reason TEXT NOT NULL,
    keys TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    CONSTRAINT pk_hotline_lookup PRIMARY KEY (id),
    CONSTRAINT ck_hotline_lookup_reason CHECK (reason in ('has_come', 'when', 'why', 'returned', 'complaint', 'other')),
    CONSTRAINT ck_hotline_lookup_keys CHECK (keys in ('name', 'birth', 'name birth')),
    CONSTRAINT fk_hotline_lookup_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id)
) STRICT;

CREATE INDEX ix_hotline_lookup_officer ON hotline_lookup (officer_id, asked_at);

CREATE TABLE hotline_hit (
    lookup_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    found_by TEXT NOT NULL,
    CONSTRAINT pk_hotline_hit PRIMARY KEY (lookup_id, ordinal),
    CONSTRAINT uq_hotline_hit_lookup_id_person_id UNIQUE (lookup_id, person_id),
    CONSTRAINT ck_hotline_hit_few CHECK (ordinal between 1 and 5),
    CONSTRAINT ck_hotline_hit_found_by CHECK (found_by in ('id', 'phone')),
    CONSTRAINT fk_hotline_hit_lookup_id FOREIGN KEY(lookup_id) REFERENCES hotline_lookup (id),
    CONSTRAINT fk_hotline_hit_person_id FOREIGN KEY(person_id) REFERENCES person (id)
) STRICT;

CREATE INDEX ix_hotline_hit_person_id ON hotline_hit (person_id);

CREATE TABLE hotline_check (
    lookup_id INTEGER NOT NULL,
    officer_id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    questions TEXT NOT NULL,
    begun_at TEXT NOT NULL,
    CONSTRAINT pk_hotline_check PRIMARY KEY (lookup_id),
    CONSTRAINT fk_hotline_check_lookup_id FOREIGN KEY(lookup_id) REFERENCES hotline_lookup (id),
    CONSTRAINT fk_hotline_check_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT fk_hotline_check_person_id FOREIGN KEY(person_id) REFERENCES person (id)
) STRICT;

CREATE INDEX ix_hotline_check_officer ON hotline_check (officer_id, begun_at);

CREATE INDEX ix_hotline_check_person ON hotline_check (person_id, begun_at);

CREATE TABLE hotline_verdict (
    lookup_id INTEGER NOT NULL,
    right_answers INTEGER NOT NULL,
    is_passed INTEGER NOT NULL,
    answered_at TEXT NOT NULL,
    CONSTRAINT pk_hotline_verdict PRIMARY KEY (lookup_id),
    CONSTRAINT ck_hotline_verdict_right CHECK (right_answers between 0 and 3),
    CONSTRAINT ck_hotline_verdict_passed CHECK (is_passed = case when right_answers >= 2 then 1 else 0 end),
    CONSTRAINT fk_hotline_verdict_lookup_id FOREIGN KEY(lookup_id) REFERENCES hotline_check (lookup_id)
) STRICT;

CREATE TABLE hotline_resend (
    id INTEGER NOT NULL,
    lookup_id INTEGER NOT NULL,
    officer_id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    asked_at TEXT NOT NULL,
    CONSTRAINT pk_hotline_resend PRIMARY KEY (id),
    CONSTRAINT uq_hotline_resend_lookup_id UNIQUE (lookup_id),
    CONSTRAINT fk_hotline_resend_lookup_id FOREIGN KEY(lookup_id) REFERENCES hotline_verdict (lookup_id),
    CONSTRAINT fk_hotline_resend_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT fk_hotline_resend_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT fk_hotline_resend_message_id FOREIGN KEY(message_id) REFERENCES message (id)
) STRICT;

CREATE INDEX ix_hotline_resend_person_id ON hotline_resend (person_id);

CREATE TABLE hotline_call (
    id INTEGER NOT NULL,
    lookup_id INTEGER NOT NULL,
    officer_id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    about TEXT NOT NULL,
    due_at TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    CONSTRAINT pk_hotline_call PRIMARY KEY (id),
    CONSTRAINT ck_hotline_call_about CHECK (about in ('has_come', 'when', 'why', 'returned', 'complaint', 'other')),
    CONSTRAINT ck_hotline_call_due CHECK (due_at > asked_at),
    CONSTRAINT uq_hotline_call_lookup_id UNIQUE (lookup_id),
    CONSTRAINT fk_hotline_call_lookup_id FOREIGN KEY(lookup_id) REFERENCES hotline_verdict (lookup_id),
    CONSTRAINT fk_hotline_call_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT fk_hotline_call_person_id FOREIGN KEY(person_id) REFERENCES person (id)
) STRICT;

CREATE INDEX ix_hotline_call_due ON hotline_call (due_at, id);

CREATE INDEX ix_hotline_call_officer ON hotline_call (officer_id, due_at);

CREATE INDEX ix_hotline_call_person_id ON hotline_call (person_id);

CREATE TABLE hotline_attempt (
    call_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    officer_id INTEGER NOT NULL,
    result TEXT NOT NULL,
    called_at TEXT NOT NULL,
    CONSTRAINT pk_hotline_attempt PRIMARY KEY (call_id, ordinal),
    CONSTRAINT ck_hotline_attempt_ordinal CHECK (ordinal between 1 and 3),
    CONSTRAINT ck_hotline_attempt_result CHECK (result in ('talked', 'no_answer', 'wrong_number', 'declined')),
    CONSTRAINT fk_hotline_attempt_call_id FOREIGN KEY(call_id) REFERENCES hotline_call (id),
    CONSTRAINT fk_hotline_attempt_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id)
) STRICT;

CREATE INDEX ix_person_phone_tail ON person (phone_tail) WHERE phone_tail <> '';
