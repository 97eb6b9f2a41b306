-- What became of payments in a month is found by its days (PostgreSQL).

CREATE INDEX ix_outcome_posted_on ON outcome (posted_on, state);
