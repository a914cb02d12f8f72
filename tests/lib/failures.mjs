// A reporter for `node --test` that tells of the failing tests and of nothing else, one JSON line each: `{ name, place, error }`. `cargo xtask test` reads it.

import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";

/** Where in the test's file it failed; where the test begins when the error does not say it. */
function place({ file, line, column }, error) {
  for (const [, path, ...at] of String(error?.stack ?? "").matchAll(/((?:file:\/\/)?\/[^\s()]+):(\d+):(\d+)/g)) {
    if ((path.startsWith("file:") ? fileURLToPath(path) : path) !== file) continue;
    [line, column] = at;
    break;
  }
  return [relative(process.cwd(), file ?? ""), line, column].filter(Boolean).join(":");
}

/** An error with its stack, of which the runner's own frames are left out. */
const told = (error) =>
  typeof error === "string" ? error : inspect(error, { depth: 4 }).replace(/\n +at [^\n]*\bnode:[^\n]*\d\)?(?=\n|$)/g, "");

export default async function* failures(events) {
  // The names from the outermost suite to what is told of: it ends after what is in it.
  const path = [];
  // What each file said outside its tests: all that there is when it ends by itself.
  const said = {};
  for await (const { type, data } of events) {
    if (type === "test:start") path.splice(data.nesting, Infinity, data.name);
    if ((type === "test:stderr" || type === "test:diagnostic") && data.file) {
      const file = resolve(data.file);
      said[file] = `${said[file] ?? ""}${data.message.trimEnd()}\n`.slice(-4_000);
    }
    if (type !== "test:fail") continue;
    const { error } = data.details;
    // What failed because of what is in it is told of there.
    if (error.failureType === "subtestsFailed" || data.todo !== undefined) continue;
    const cause = error.cause ?? error;
    const name = [...path.slice(0, data.nesting), data.name].join(" > ");
    const ended = error.exitCode === undefined ? "" : ` (${error.signal ?? `exit ${error.exitCode}`})\n${said[data.file] ?? ""}`;
    yield `${JSON.stringify({ name, place: place(data, cause), error: `${told(cause)}${ended}` })}\n`;
  }
}
