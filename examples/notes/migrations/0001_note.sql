CREATE TABLE note (
  id INTEGER PRIMARY KEY,
  title TEXT NOT NULL UNIQUE,
  text TEXT NOT NULL,
  -- Counts up: what was touched last comes first.
  touched INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE trash (
  id INTEGER PRIMARY KEY,
  title TEXT NOT NULL,
  text TEXT NOT NULL,
  -- Milliseconds since the Unix epoch.
  thrown_ms INTEGER NOT NULL
);
