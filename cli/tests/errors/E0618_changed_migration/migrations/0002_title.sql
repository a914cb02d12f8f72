CREATE INDEX note_by_day ON note (day);
