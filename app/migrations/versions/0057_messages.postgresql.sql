-- Messages to people: outbox, marks, counts, wishes (PostgreSQL).

CREATE TABLE message (
    id BIGSERIAL NOT NULL,
    kind TEXT NOT NULL,
    event_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    phone_key TEXT NOT NULL,
    phone_cipher BYTEA NOT NULL,
    prefix TEXT NOT NULL,
    text_cipher BYTEA NOT NULL,
    parts BIGINT NOT NULL,
    cost BIGINT NOT NULL,
    state TEXT NOT NULL,
    queued_at TIMESTAMP WITH TIME ZONE NOT NULL,
    try_at TIMESTAMP WITH TIME ZONE NOT NULL,
    give_up_at TIMESTAMP WITH TIME ZONE NOT NULL,
    attempts BIGINT DEFAULT 0 NOT NULL,
    doubts BIGINT DEFAULT 0 NOT NULL,
    owner TEXT DEFAULT '' NOT NULL,
    lease_until TIMESTAMP WITH TIME ZONE,
    gateway TEXT DEFAULT '' NOT NULL,
    gateway_id TEXT DEFAULT '' NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    reason TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_message PRIMARY KEY (id),
    CONSTRAINT uq_message_kind_event_id UNIQUE (kind, event_id),
    CONSTRAINT ck_message_kind CHECK (kind in ('paid', 'returned', 'cash_ready', 'joined', 'left')),
    CONSTRAINT ck_message_reason CHECK (reason in ('', 'no_such_number', 'refused', 'expired', 'withdrawn', 'unknown')),
    CONSTRAINT ck_message_size CHECK (parts > 0 and cost >= 0 and attempts >= doubts and doubts >= 0),
    CONSTRAINT ck_message_claimed CHECK (state <> 'sending' or lease_until is not null),
    CONSTRAINT ck_message_ended CHECK (state <> 'failed' or ended_at is not null),
    CONSTRAINT fk_message_person_id FOREIGN KEY(person_id) REFERENCES person (id)
);

CREATE INDEX ix_message_nowhere ON message (phone_key) WHERE reason = 'no_such_number';

CREATE INDEX ix_message_person_id ON message (person_id);

CREATE INDEX ix_message_phone_key ON message (phone_key);

CREATE INDEX ix_message_waits ON message (state, try_at, id) WHERE state in ('queued', 'sending', 'in_doubt');

CREATE TABLE message_move (
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    CONSTRAINT pk_message_move PRIMARY KEY (from_state, to_state)
);

CREATE TABLE message_mark (
    kind TEXT NOT NULL,
    subject BIGINT NOT NULL,
    last_id BIGINT NOT NULL,
    is_done BIGINT NOT NULL,
    read_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_message_mark PRIMARY KEY (kind, subject),
    CONSTRAINT ck_message_mark_kind CHECK (kind in ('paid', 'returned', 'cash_ready', 'joined', 'left')),
    CONSTRAINT ck_message_mark_is_done CHECK (is_done in (0, 1))
);

CREATE TABLE message_count (
    day DATE NOT NULL,
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    messages BIGINT NOT NULL,
    cost BIGINT NOT NULL,
    CONSTRAINT pk_message_count PRIMARY KEY (day, scope, key),
    CONSTRAINT ck_message_count_scope CHECK (scope in ('all', 'prefix')),
    CONSTRAINT ck_message_count_size CHECK (messages >= 0 and cost >= 0)
);

CREATE TABLE message_wish (
    id BIGSERIAL NOT NULL,
    person_id BIGINT NOT NULL,
    wish TEXT NOT NULL,
    is_on BIGINT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_message_wish PRIMARY KEY (id),
    CONSTRAINT ck_message_wish_wish CHECK (wish in ('no_messages', 'no_amounts')),
    CONSTRAINT ck_message_wish_is_on CHECK (is_on in (0, 1)),
    CONSTRAINT fk_message_wish_person_id FOREIGN KEY(person_id) REFERENCES person (id)
);

CREATE INDEX ix_message_wish_person ON message_wish (person_id, wish, id);
