-- What everything is about.
CREATE TABLE note (id INTEGER PRIMARY KEY, title TEXT NOT NULL UNIQUE);
