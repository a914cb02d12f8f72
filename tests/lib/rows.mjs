// What the objects of a Worker have stored. Read from a copy of the files, best while the Worker is down.

import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { scratch } from "./tools.mjs";

/** All rows of all tables of all objects, without the platform's own: `{ file, table, row }`, `row` being its values as text. */
export function rows(storage) {
  const copy = copied(storage);
  const files = readdirSync(copy, { recursive: true }).filter((file) => file.endsWith(".sqlite"));
  return files.flatMap((file) => {
    const database = new DatabaseSync(join(copy, file));
    try {
      const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'").all();
      return tables.flatMap(({ name }) =>
        database.prepare(`SELECT * FROM "${name}"`).all().map((row) => ({ file, table: name, row: Object.values(row).map(shown).join("\t") })));
    } finally {
      database.close();
    }
  });
}

/** A Worker that runs takes files of its own away while they are copied: those are left out. */
function copied(storage) {
  const copy = scratch("rows");
  for (const entry of readdirSync(storage, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const folder = join(copy, relative(storage, entry.parentPath));
    mkdirSync(folder, { recursive: true });
    try {
      copyFileSync(join(entry.parentPath, entry.name), join(folder, entry.name));
    } catch (error) {
      if (error.code !== "ENOENT") throw error;
    }
  }
  return copy;
}

const shown = (value) => (value instanceof Uint8Array ? Buffer.from(value).toString("utf8") : String(value));
