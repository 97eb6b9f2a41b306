-- Which rule made the lines of a file; what a statement covers (SQLite).

ALTER TABLE inbound_file ADD COLUMN reader INTEGER DEFAULT 1 NOT NULL;

ALTER TABLE bank_report ADD COLUMN group_reason TEXT DEFAULT '' NOT NULL;

ALTER TABLE bank_report ADD COLUMN from_day TEXT;

ALTER TABLE bank_report ADD COLUMN to_day TEXT;

ALTER TABLE bank_report ADD COLUMN page INTEGER DEFAULT 0 NOT NULL;

ALTER TABLE bank_report ADD COLUMN is_last_page INTEGER DEFAULT 1 NOT NULL;

DROP TABLE bank_line_incoming;
