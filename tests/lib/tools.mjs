// What the harness hands over (`MCP_E2E_TOOLS`, see ../README.md) and how packages are found through it.

import { createRequire } from "node:module";
import { mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";

const file = process.env.MCP_E2E_TOOLS;
if (!file) {
  console.error("MCP_E2E_TOOLS is not set: these tests are run by `cargo xtask test` (tests/README.md says what it passes)");
  process.exit(2);
}

/** The tools, as in the file. */
export const tools = JSON.parse(readFileSync(file, "utf8"));

/** The environment of every program that a test starts. */
export const environment = { ...process.env, ...tools.env };

/** Loads a package from the harness's `node_modules`. */
export const load = createRequire(join(tools.nodeModules, "tests.js"));

/** The folder of a built agent. A missing one is an error, never a skipped test. */
export function agent(name) {
  const folder = tools.agents?.[name];
  if (!folder) throw new Error(`the harness passed no built agent \`${name}\` (agents.${name} of ${file})`);
  return folder;
}

/** The agent `everything` as a native program. */
export function native() {
  if (!tools.native) throw new Error(`the harness passed no native program (native of ${file})`);
  return tools.native;
}

/** A fresh scratch folder. */
export function scratch(name) {
  mkdirSync(tools.out, { recursive: true });
  return mkdtempSync(join(tools.out, `${name}-`));
}
