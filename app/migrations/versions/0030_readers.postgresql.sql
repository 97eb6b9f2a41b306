-- Which rule made the lines of a file; what a statement covers (PostgreSQL).

ALTER TABLE inbound_file ADD COLUMN reader BIGINT DEFAULT 1 NOT NULL;

ALTER TABLE bank_report ADD COLUMN group_reason TEXT DEFAULT '' NOT NULL;

ALTER TABLE bank_report ADD COLUMN from_day DATE;

ALTER TABLE bank_report ADD COLUMN to_day DATE;

ALTER TABLE bank_report ADD COLUMN page BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE bank_report ADD COLUMN is_last_page BIGINT DEFAULT 1 NOT NULL;

DROP TABLE bank_line_incoming;
