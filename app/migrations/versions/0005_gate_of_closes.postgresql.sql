-- The gate of a programme, and room in the index of items (PostgreSQL).

CREATE TABLE period_gate (
    programme TEXT NOT NULL,
    closes BIGINT NOT NULL,
    CONSTRAINT pk_period_gate PRIMARY KEY (programme)
);

INSERT INTO period_gate (programme, closes)
SELECT a.programme, (SELECT count(*) FROM closed_period c WHERE c.programme = a.programme)
FROM (SELECT DISTINCT programme FROM account) a;

ALTER INDEX uq_posting_account_id_item_seq SET (fillfactor = 50);
