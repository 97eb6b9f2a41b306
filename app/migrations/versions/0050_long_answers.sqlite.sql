-- What took long to find out is kept for pages to show (SQLite).

CREATE TABLE long_answer (
    name TEXT NOT NULL,
    made_at TEXT NOT NULL,
    content TEXT NOT NULL,
    CONSTRAINT pk_long_answer PRIMARY KEY (name)
) STRICT;
