// The bench: the Worker under test against floors in plain JavaScript, in one run, in raw workerd.
//
// Absolute numbers drift with the machine, ratios of the same moment hardly. So every round takes short slices of floor, Worker, Worker, floor (each other
// round the other way around), which cancels a drift, and what is reported is the median of the rounds.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readProject } from "../lib/project.mjs";
import { agent, environment, tools } from "../lib/tools.mjs";
import { startWorker } from "../lib/workerd.mjs";
import { within } from "../lib/wait.mjs";
import { modern } from "../lib/mcp.mjs";
import { firstAnswer, idleStreams } from "./extras.mjs";
import { sessionHeaders, WORKLOADS } from "./requests.mjs";

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    rounds: { type: "string" },
    duration: { type: "string" },
    connections: { type: "string", default: "1,16" },
    only: { type: "string" },
    extras: { type: "boolean", default: false },
    agent: { type: "string", default: "counter" },
    out: { type: "string" },
  },
});
const rounds = Number(options.rounds ?? (options.quick ? 3 : 5));
const duration = Number(options.duration ?? (options.quick ? 1 : 2));
const connections = options.connections.split(",").map(Number);
const workloads = WORKLOADS.filter((w) => (options.only ? options.only.split(",").includes(w.id) : options.extras || !w.extra));

const median = (list) => {
  const sorted = [...list].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** Slices of one round as one: rates over the whole, the mean of the percentiles. */
function merge(slices) {
  const sum = (key) => slices.reduce((total, slice) => total + slice[key], 0);
  const requests = sum("requests");
  const cpu = slices.reduce((total, slice) => total + slice.cpu * slice.requests, 0) / requests;
  return { requests, rps: requests / sum("seconds"), p50: sum("p50") / slices.length, p99: sum("p99") / slices.length, cpu };
}

/** A floor, as a project that `startWorker` takes: one module, the compatibility date of the Worker that it is compared with. */
const floor = (name, date, vars = {}) => ({
  modules: [{ name: "main.mjs", kind: "esModule", path: new URL(`floors/${name}.mjs`, import.meta.url).pathname }],
  date,
  flags: [],
  objects: ["object", "stream"].includes(name) ? [{ name: "AGENT", class_name: "Agent" }] : [],
  vars,
});

function generator() {
  const child = spawn(tools.node, [new URL("load.mjs", import.meta.url).pathname], { stdio: ["pipe", "pipe", "inherit"], env: environment });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async run(job) {
      child.stdin.write(`${JSON.stringify(job)}\n`);
      const limit = (job.warmup + job.duration + 20) * 1000;
      const { value } = await within(limit, "the load generator reports", lines.next());
      const result = JSON.parse(value ?? '{"error":"the load generator ended"}');
      if (result.error) throw new Error(result.error);
      return result;
    },
    stop: () => child.kill("SIGKILL"),
  };
}

// In memory where the machine has it: a write is then compared by what it costs the processor. On a disk both sides wait for the same fsync.
const shared = "/dev/shm";
const scratch = mkdtempSync(join(existsSync(shared) ? shared : tmpdir(), "mcp-agent-bench-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
const storage = (name) => join(scratch, name);

const project = readProject(agent(options.agent));
const servers = {
  ours: await startWorker(project, { name: "bench-ours", storage: storage("ours") }),
  bare: await startWorker(floor("bare", project.date), { name: "bench-bare", storage: storage("bare") }),
  object: await startWorker(floor("object", project.date), { name: "bench-object", storage: storage("object") }),
};
if (workloads.some((w) => w.floor === "stream")) servers.stream = await startWorker(floor("stream", project.date), { name: "bench-stream", storage: storage("stream") });
if (workloads.some((w) => w.floor === "bytes")) {
  const { message } = await modern(servers.ours.port, "tools/list");
  servers.bytes = await startWorker(floor("bytes", project.date, { RESULT: JSON.stringify(message.result) }), { name: "bench-bytes", storage: storage("bytes") });
}
const load = generator();
const session = await sessionHeaders(servers.ours.port);

const samples = new Map();
try {
  for (let round = 0; round < rounds; round++) {
    for (const workload of workloads) {
      for (const count of connections) {
        const [a, b] = round % 2 ? ["ours", workload.floor] : [workload.floor, "ours"];
        const slices = { [a]: [], [b]: [] };
        for (const name of [a, b, b, a]) {
          const { port, pid } = servers[name];
          const job = { port, pid, connections: count, warmup: 0.15, duration: duration / 2, expect: workload.expect, stream: workload.stream };
          slices[name].push(await load.run({ ...job, requests: await workload.requests(port, session) }));
        }
        const results = Object.fromEntries(Object.entries(slices).map(([name, list]) => [name, merge(list)]));
        const key = `${workload.id}/${count}`;
        if (!samples.has(key)) samples.set(key, { workload, connections: count, rounds: [] });
        samples.get(key).rounds.push({ floor: results[workload.floor], ours: results.ours });
        const ratio = results.ours.rps / results[workload.floor].rps;
        console.error(`round ${round + 1}/${rounds}  ${key.padEnd(18)} ${Math.round(results.ours.rps)}/s  ${ratio.toFixed(2)} of ${workload.floor}`);
      }
    }
  }
} finally {
  load.stop();
  await Promise.all(Object.values(servers).map((server) => server.kill()));
}

/** What `--extras` measures beside rates, in turns; medians. */
async function more() {
  const pairs = [
    ["first answer after the start, ms", rounds, (p) => firstAnswer(p), floor("bare", project.date)],
    ["memory of an idle stream, KB", Math.min(rounds, 3), (p) => idleStreams(p, 1000), floor("stream", project.date)],
  ];
  const results = [];
  for (const [what, turns, measure, base] of pairs) {
    const [ours, floors] = [[], []];
    for (let turn = 0; turn < turns; turn++) {
      floors.push(await measure(base));
      ours.push(await measure(project));
    }
    const result = { what, ours: median(ours), floor: median(floors) };
    results.push(result);
    console.log(`${what}: ${result.ours.toFixed(1)} (floor ${result.floor.toFixed(1)})`);
  }
  return results;
}

const FLOORS = {
  bare: () => "bare JS Worker",
  bytes: () => "the same bytes",
  stream: () => "JS Worker and object, WebSocket",
  object: (id) => (id.startsWith("write") ? "JS Worker -> object, one put" : "JS Worker -> object echo"),
};
const summary = [...samples.values()].map(({ workload, connections: count, rounds: all }) => {
  const of = (who) => Object.fromEntries(["rps", "p50", "p99", "cpu"].map((key) => [key, median(all.map((r) => r[who][key]))]));
  return {
    id: workload.id,
    what: workload.what,
    connections: count,
    floor: FLOORS[workload.floor](workload.id),
    ours: of("ours"),
    base: of("floor"),
    ratio: median(all.map((r) => r.ours.rps / r.floor.rps)),
    cpuRatio: median(all.map((r) => r.floor.cpu / r.ours.cpu)),
    rounds: all,
  };
});

const rows = [["workload", "conn.", "req/s", "p50 µs", "p99 µs", "cpu µs", "floor", "its req/s", "its cpu µs", "ratio", "cpu"]];
for (const s of summary) {
  const whole = (n) => String(Math.round(n));
  rows.push([s.what, whole(s.connections), whole(s.ours.rps), whole(s.ours.p50), whole(s.ours.p99), whole(s.ours.cpu), s.floor, whole(s.base.rps), whole(s.base.cpu), s.ratio.toFixed(2), s.cpuRatio.toFixed(2)]);
}
const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
const textual = new Set([0, 6]);
for (const row of rows) console.log(row.map((cell, i) => (textual.has(i) ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  ").trimEnd());
console.log(`
Medians of ${rounds} rounds of ${duration} s, floor and Worker interleaved, raw workerd, one request in flight a connection. \`ratio\` is requests a second, ours to
the floor's; \`cpu\` is the floor's processor time a request to ours, which hardly depends on what else the machine does.`);
const extras = options.extras ? await more() : undefined;
if (options.out) writeFileSync(options.out, `${JSON.stringify({ rounds, duration, summary, extras }, null, 2)}\n`);
