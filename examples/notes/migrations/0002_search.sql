CREATE VIRTUAL TABLE found USING fts5 (title, text, content = 'note', content_rowid = 'id');

CREATE TRIGGER note_added AFTER INSERT ON note BEGIN
  INSERT INTO found (rowid, title, text) VALUES (new.id, new.title, new.text);
END;

CREATE TRIGGER note_deleted AFTER DELETE ON note BEGIN
  INSERT INTO found (found, rowid, title, text) VALUES ('delete', old.id, old.title, old.text);
END;
