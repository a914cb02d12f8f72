// The bench: agents of ours against floors in plain JavaScript and against peers, in one run, in raw workerd. docs/bench.md says what each row means.

import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { tools } from "../lib/tools.mjs";
import { cost } from "./costs.mjs";
import { version, weight } from "./peers.mjs";
import { generator, rate } from "./rates.mjs";
import { besideLines, objectLines, summarise, summariseCost, table } from "./report.mjs";
import { agentOf, COSTS, RATES } from "./rows.mjs";

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string" },
    rounds: { type: "string" },
    duration: { type: "string" },
    connections: { type: "string" },
    out: { type: "string" },
    agents: { type: "boolean", default: false },
  },
});

function chosen() {
  const rows = [...RATES, ...COSTS];
  if (options.only === undefined) return rows;
  return options.only.split(",").map((id) => {
    const row = rows.find((row) => row.id === id);
    if (row) return row;
    console.error(`no row \`${id}\`: there are ${rows.map((row) => row.id).join(", ")}`);
    process.exit(2);
  });
}

const rows = chosen();

if (options.agents) {
  // What is to be built before these rows can be measured.
  console.log([...new Set(rows.flatMap((row) => Object.values(row.servers)).map(agentOf))].filter((name) => name !== null).join("\n"));
  process.exit();
}

// Exiting kills the servers and removes what they stored.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

const progress = (line) => console.error(line);
const slice = Number(options.duration ?? (options.quick ? 0.35 : 0.8));
const warmup = options.quick ? 0.1 : 0.15;
const rounds = Number(options.rounds ?? (options.quick ? 3 : 5));

/** A row that has a number of connections keeps it; the others have 16, and what has been measured with one from the start still is. */
function connections(row) {
  if (row.connections) return [row.connections];
  if (options.connections) return options.connections.split(",").map(Number);
  return row.both && !options.quick ? [1, 16] : [16];
}

const started = performance.now();
const rates = [];
const costs = [];
const load = generator();
try {
  for (const row of rows) {
    const missing = Object.values(row.servers).map(agentOf).filter((name) => name !== null && !tools.agents?.[name]);
    if (missing.length) {
      console.log(`row ${row.id} is left out: the harness passed no agent ${missing.join(", ")}`);
    } else if (COSTS.includes(row)) {
      costs.push(summariseCost(await cost(row, { turns: options.quick ? Math.min(row.turns, 2) : row.turns, progress })));
    } else {
      const settings = { rounds: options.rounds ? rounds : Math.max(rounds, row.rounds ?? 0), slice, warmup, connections: connections(row), progress };
      rates.push(...(await rate(row, load, settings)).map(summarise));
    }
  }
} finally {
  load.stop();
}

const packages = ["workerd", "agents", "@modelcontextprotocol/server", "@modelcontextprotocol/sdk"].map((name) => `${name} ${version(name)}`).join(", ");
console.log(table(rates, costs));
for (const line of [...objectLines(rates), ...besideLines(costs)]) console.log(line);
console.log(`
Medians of interleaved rounds, raw workerd, ${packages}. \`ratio\` is requests a second, ours to the floor's (of costs: ours to the floor's, less
is better); \`cpu\` is the floor's processor time a request to ours, which hardly depends on what else the machine does; \`x\` is how much better ours is.
${Math.round((performance.now() - started) / 1000)} s; ${[...rates, ...costs].filter(({ goals }) => goals.some(({ met }) => !met)).length} of ${rates.length + costs.length} rows miss a goal.`);
const weights = { createMcpHandler: await weight("handler"), McpAgent: await weight("agent"), Agent: await weight("base") };
console.log(`Peers as uploaded: ${Object.entries(weights).map(([name, kilobytes]) => `${name} ${kilobytes.toFixed(1)} KB`).join(", ")} gzip.`);
if (options.out) writeFileSync(options.out, `${JSON.stringify({ packages, weights, rounds, slice, rates, costs }, null, 2)}\n`);
