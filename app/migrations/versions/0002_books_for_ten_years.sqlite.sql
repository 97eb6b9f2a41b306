ALTER TABLE entry ADD COLUMN corrects_id INTEGER CONSTRAINT fk_entry_corrects_id REFERENCES entry (id);
CREATE TABLE control_total (
    kind TEXT NOT NULL,
    fund TEXT NOT NULL,
    programme TEXT NOT NULL,
    currency TEXT NOT NULL,
    position INTEGER NOT NULL,
    debits INTEGER NOT NULL,
    credits INTEGER NOT NULL,
    CONSTRAINT pk_control_total PRIMARY KEY (kind, fund, programme, currency, position),
    CONSTRAINT ck_control_total_totals CHECK (debits >= 0 and credits >= 0)
) WITHOUT ROWID, STRICT;
-- The closes get a number in their order; a close of 0.1.0 does not know its place in the chain (-1).
ALTER TABLE closed_period RENAME TO closed_period_0001;
CREATE TABLE closed_period (
    programme TEXT NOT NULL,
    period TEXT NOT NULL,
    closed_at TEXT NOT NULL,
    number INTEGER NOT NULL,
    position INTEGER NOT NULL,
    CONSTRAINT pk_closed_period PRIMARY KEY (programme, period),
    CONSTRAINT uq_closed_period_number UNIQUE (number),
    CONSTRAINT ck_closed_period_period CHECK (length(period) = 7)
) STRICT;
INSERT INTO closed_period (programme, period, closed_at, number, position)
SELECT programme, period, closed_at, row_number() OVER (ORDER BY closed_at, programme, period), -1
FROM closed_period_0001;
DROP TABLE closed_period_0001;
