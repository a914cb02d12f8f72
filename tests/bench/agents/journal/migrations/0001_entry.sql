CREATE TABLE entry (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  amount INTEGER NOT NULL,
  note TEXT NOT NULL
);

CREATE INDEX entry_of_account ON entry (account, id);

INSERT INTO entry (account, amount, note)
  WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 1000)
  SELECT 'house', n, 'before the bench' FROM number;

-- Always 1,000 rows, so that no round is slower than the one before.
CREATE TRIGGER entry_kept AFTER INSERT ON entry BEGIN
  DELETE FROM entry WHERE id <= new.id - 1000;
END;
