-- People who take cash since their money came back are found by an index (SQLite).

CREATE INDEX ix_person_returned ON person (area_code) WHERE still_cash = 'returned';
