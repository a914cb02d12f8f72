// The official conformance suites, run and judged. Nothing is expected to fail: a check that fails, warns or is skipped is a complaint, and so are more
// or fewer scenarios than the suite has for the revision.

import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { environment, tools } from "./tools.mjs";
import { within } from "./wait.mjs";

/**
 * Both release lines, pinned in `tools/package.json`. The requirements of a revision are all its server scenarios, whether they are scored or not: tasks
 * and headers too.
 */
export const REQUIREMENTS = [
  { package: "conformance-alpha", name: "2026-07-28", args: ["server", "--requirements", "2026-07-28"], scenarios: 50 },
  { package: "conformance-alpha", name: "2025-11-25", args: ["server", "--requirements", "2025-11-25"], scenarios: 33 },
];
export const STABLE = { package: "conformance-stable", name: "stable", args: ["server", "--suite", "all"], scenarios: 32 };

/** What the suite skips whatever the server does: it has no check for it yet. */
const SKIPPED = new Set(["tasks-status-notifications"]);

/** What is told and not judged: the traffic, and that lists are answered as JSON, of which there is no stream to try. */
const NOTES = new Set(["outgoing-request", "incoming-response", "incoming-sse-event", "stream-closed", "server-sse-streams-functional"]);

const LIMIT = 300_000;

/** Runs a suite; `{ code, log }`. `hear` gets what it prints, as far as it has come. */
async function run(suite, url, results, hear) {
  const script = join(tools.nodeModules, suite.package, "dist/index.js");
  const [verb, ...args] = suite.args;
  const child = spawn(tools.node, [script, verb, "--url", url, "--output-dir", results, ...args], { env: environment });
  let log = "";
  const read = (chunk) => hear?.((log += chunk));
  for (const pipe of [child.stdout, child.stderr]) pipe.setEncoding("utf8").on("data", read);
  const ended = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  try {
    return { code: await within(LIMIT, `${suite.name} ends`, ended), log };
  } finally {
    child.kill("SIGKILL");
  }
}

/** Why a scenario does not count as passed, a line each. */
function complaints(scenario, checks) {
  const told = ({ id, status }) => (status === "INFO" && NOTES.has(id)) || (status === "SKIPPED" && SKIPPED.has(id));
  const bad = checks.filter((check) => check.status !== "SUCCESS" && !told(check));
  const found = bad.map(({ id, status, errorMessage, details }) => {
    const why = errorMessage ?? details?.message ?? "";
    const wire = details?.violations?.length ? ` ${JSON.stringify(details.violations)}` : "";
    return `${scenario}: ${status} ${id}: ${why}${wire}`;
  });
  if (found.length === 0 && !SKIPPED.has(scenario) && checks.every(({ status }) => status !== "SUCCESS")) found.push(`${scenario}: nothing was checked`);
  return found;
}

/** Reads what a suite wrote, `<scenario>-<time>/checks.json`. */
function judge(suite, results, { code, log }) {
  const found = [];
  const scenarios = new Set();
  let checks = 0;
  for (const folder of readdirSync(results).sort()) {
    const scenario = folder.replace(/^(server|authorization)-/, "").replace(/-\d{4}-\d\d-\d\dT[\d-]+Z$/, "");
    const list = JSON.parse(readFileSync(join(results, folder, "checks.json"), "utf8"));
    scenarios.add(scenario);
    checks += list.filter(({ status }) => status === "SUCCESS").length;
    found.push(...complaints(scenario, list));
  }
  // What no check explains is explained by what the suite printed.
  const told = log.slice(-4_000);
  if (scenarios.size !== suite.scenarios) found.push(`${scenarios.size} scenarios, not ${suite.scenarios}: ${[...scenarios].join(", ")}\n${told}`);
  else if (code !== 0 && found.length === 0) found.push(`it ended with ${code}:\n${told}`);
  console.log(`${found.length ? "FAILED" : "    ok"} ${suite.name}: ${scenarios.size} scenarios, ${checks} checks`);
  for (const line of found) console.log(`       ${line}`);
  return found.length === 0;
}

/** Runs a suite against a URL, tells what came of it, and answers whether all passed. */
export async function passes(suite, url, home, hear) {
  const results = join(home, suite.name);
  mkdirSync(results);
  return judge(suite, results, await run(suite, url, results, hear));
}
