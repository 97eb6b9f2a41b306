-- Notices of what was taken back after it was told, and of sessions that were ended (PostgreSQL).

ALTER TABLE message DROP CONSTRAINT ck_message_kind;

ALTER TABLE message ADD CONSTRAINT ck_message_kind CHECK (kind in ('paid', 'returned', 'cash_ready', 'joined', 'left', 'code', 'answer', 'case', 'taken_back', 'signed_out'));
