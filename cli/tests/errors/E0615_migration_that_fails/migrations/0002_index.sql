CREATE TABLE day (day TEXT);

CREATE INDEX note_by_title
  ON nots (title);
