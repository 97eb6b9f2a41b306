-- What became of payments in a month is found by its days (SQLite).

CREATE INDEX ix_outcome_posted_on ON outcome (posted_on, state);
