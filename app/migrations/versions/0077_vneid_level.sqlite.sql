-- The level of a person's electronic identity (SQLite).

ALTER TABLE person ADD COLUMN vneid_level TEXT DEFAULT '' NOT NULL;
