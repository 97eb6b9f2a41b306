-- Codes, answers and steps of complaints go through the outbox; a report says what was delivered (PostgreSQL).

ALTER TABLE message ALTER COLUMN person_id DROP NOT NULL;

ALTER TABLE message DROP CONSTRAINT ck_message_kind;

ALTER TABLE message ADD CONSTRAINT ck_message_kind CHECK (kind in ('paid', 'returned', 'cash_ready', 'joined', 'left', 'code', 'answer', 'case'));

ALTER TABLE message DROP CONSTRAINT ck_message_reason;

ALTER TABLE message ADD CONSTRAINT ck_message_reason CHECK (reason in ('', 'no_such_number', 'refused', 'expired', 'withdrawn', 'unknown', 'undelivered'));

ALTER TABLE message ADD CONSTRAINT ck_message_somebody CHECK (kind = 'answer' or person_id is not null);

ALTER TABLE message DROP CONSTRAINT ck_message_ended;

ALTER TABLE message ADD CONSTRAINT ck_message_ended CHECK (state not in ('failed', 'delivered') or ended_at is not null);

CREATE INDEX ix_message_asked ON message (try_at, id) WHERE state = 'queued' and kind in ('code', 'answer');
