// Measures a row that is a rate.
//
// Absolute numbers drift with the machine, ratios of the same moment hardly. So in a round floor and ours have turns of a tenth of a second, each other time the
// other way around, which cancels what changes from one second to the next, with a slice of each peer in the middle. What is reported is the median of the rounds.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { environment, tools } from "../lib/tools.mjs";
import { within } from "../lib/wait.mjs";
import { asked, client, job, once } from "./jobs.mjs";
import { project, start } from "./servers.mjs";

/** The load generator: `run(job)` answers what it measured. */
export function generator() {
  const child = spawn(tools.node, [new URL("load.mjs", import.meta.url).pathname], { stdio: ["pipe", "pipe", "inherit"], env: environment });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async run(work) {
      child.stdin.write(`${JSON.stringify(work)}\n`);
      const limit = (work.warmup + work.duration + 40) * 1000;
      const { value } = await within(limit, "the load generator reports", lines.next());
      const result = JSON.parse(value ?? '{"error":"the load generator ended"}');
      if (result.error) throw new Error(result.error);
      return result;
    },
    stop: () => child.kill("SIGKILL"),
  };
}

export const median = (list) => {
  const sorted = [...list].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** How long a turn of floor or ours is, and what each is warmed up again, in seconds. */
const TURN = 0.1;
const AGAIN = 0.05;

/** The slices of a round of so many seconds for each: `[role, seconds]`. */
function turns(round, seconds, peers) {
  const pairs = Math.max(2, Math.round((2 * seconds) / TURN));
  const list = Array.from({ length: pairs }, (_, at) => ((at + round) % 2 ? ["ours", "floor"] : ["floor", "ours"])).flat();
  const timed = (roles, duration) => roles.map((role) => [role, duration]);
  const each = (2 * seconds) / pairs;
  return [...timed(list.slice(0, pairs), each), ...timed(peers, seconds), ...timed(list.slice(pairs), each)];
}

/** Slices of one round as one: rates over the whole, the mean of the percentiles. */
function merge(slices) {
  const sum = (key) => slices.reduce((total, slice) => total + slice[key], 0);
  const requests = sum("requests");
  const cpu = slices.reduce((total, slice) => total + slice.cpu * slice.requests, 0) / requests;
  return { requests, rps: requests / sum("seconds"), p50: sum("p50") / slices.length, p99: sum("p99") / slices.length, cpu };
}

/** How a role is asked, and what it is to answer. */
const way = (row, role) => (role === "agent" && row.over === "modern" ? "session" : row.over);
export const wanted = (row, role) => ({ ...row, ...row.as?.[role] });

// What makes the tables of ours makes those of its floor.
const tables = () => readFileSync(new URL("agents/journal/migrations/0001_entry.sql", import.meta.url), "utf8");

/** The variables of a floor: it lists and asks what ours does, and its results have the same members. */
export async function vars(row, name, ours) {
  if (["bare", "object", "sql", "wake"].includes(name) && row.over !== "sse") {
    const { resultType, _meta } = await once(way(row, "ours"), ours, wanted(row, "ours"));
    return { FRAME: JSON.stringify({ resultType, _meta }), ...(name === "sql" ? { SCHEMA: tables() } : {}) };
  }
  if (row.over === "rounds") return { QUESTIONS: JSON.stringify((await asked(ours, row)).inputRequests) };
  if (!["bytes", "setup"].includes(name)) return {};
  const listed = await once(name === "setup" ? "session" : "modern", ours, { operation: { method: "tools/list", params: {} } });
  return { RESULT: JSON.stringify(listed) };
}

/** Starts a row's servers, and makes sure that each answers what it should. */
async function open(row, servers) {
  const opened = {};
  let first;
  for (const role of ["ours", ...Object.keys(row.servers).filter((name) => name !== "ours")]) {
    const name = row.servers[role];
    const server = await start(name, await project(name, row.servers.ours, role === "floor" ? await vars(row, name, opened.ours) : {}));
    servers[role] = server;
    const needs = way(row, role) === "session" || (row.over === "setup" && role === "ours");
    // A floor gets the headers of ours, so that both parse as much.
    opened[role] = needs ? await client(server.port, role === "floor" ? opened.ours.session : undefined) : { port: server.port, headers: server.headers };
    const { right = () => true, ...rest } = wanted(row, role);
    for (let i = 0; i < (row.first ?? 0); i++) await once(way(row, role), opened[role], rest);
    const result = await once(way(row, role), opened[role], rest);
    if (!right(result)) throw new Error(`row ${row.id}: ${role} (${name}) answers ${JSON.stringify(result).slice(0, 1000)}`);
    if (!row.same) continue;
    first ??= row.same(result);
    if (row.same(result) !== first) throw new Error(`row ${row.id}: ${role} (${name}) answers ${row.same(result)}, ours ${first}`);
  }
  return opened;
}

/** Measures a row with each number of connections: `[{ row, roles, goals, connections, rounds: [{ ours, floor, … }], objects }]`. */
export async function rate(row, load, { rounds, slice, warmup, connections, progress }) {
  const servers = {};
  try {
    const opened = await open(row, servers);
    const run = (role, count, before, duration) => {
      const { port, pid } = servers[role];
      return load.run({ ...job(way(row, role), opened[role], wanted(row, role)), port, pid, connections: count, warmup: before, duration }).catch((error) => {
        throw new Error(`row ${row.id}: ${role} (${row.servers[role]}): ${error.message}\n${servers[role].stderr().slice(-2000)}`);
      });
    };
    const all = Object.keys(row.servers);
    for (const role of all) await run(role, connections[0], 0, slice);
    const before = Object.fromEntries(all.map((role) => [role, servers[role].objects()]));
    const begun = Object.fromEntries(all.map((role) => [role, 0]));
    const results = [];
    for (const count of connections) {
      // The peers, and what is to be reached, belong to the most connections.
      const most = count === Math.max(...connections);
      const roles = most ? all : ["ours", "floor"];
      const peers = roles.filter((role) => role !== "ours" && role !== "floor");
      const measured = [];
      for (let round = 0; round < rounds; round++) {
        const slices = Object.fromEntries(roles.map((role) => [role, []]));
        for (const [role, duration] of turns(round, slice, peers)) {
          const result = await run(role, count, slices[role].length === 0 ? warmup : AGAIN, duration);
          begun[role] += result.begun;
          slices[role].push(result);
        }
        const merged = Object.fromEntries(roles.map((role) => [role, merge(slices[role])]));
        measured.push(merged);
        const { ours, floor } = merged;
        progress(`round ${round + 1}/${rounds}  ${`${row.id}/${count}`.padEnd(18)} ${Math.round(ours.rps)}/s  ${(ours.rps / floor.rps).toFixed(2)} of ${row.servers.floor}`);
      }
      results.push({ row, roles, goals: most ? row.goals : {}, connections: count, rounds: measured });
    }
    if (row.objects) {
      const made = Object.fromEntries(all.map((role) => [role, { before: before[role], made: servers[role].objects() - before[role], begun: begun[role] }]));
      for (const result of results) result.objects = made;
    }
    return results;
  } finally {
    await Promise.all(Object.values(servers).map((server) => server.stop()));
  }
}
