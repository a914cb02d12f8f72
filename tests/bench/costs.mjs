// What is no rate: the first request after a start or in an object that slept, the memory of an idle stream, and how soon a change is heard of.

import { readFileSync } from "node:fs";
import net from "node:net";
import { modernRequest } from "../lib/mcp.mjs";
import { request } from "../lib/http.mjs";
import { within } from "../lib/wait.mjs";
import { broadcast } from "./broadcast.mjs";
import { fanOut } from "./fan-out.mjs";
import { initialize } from "./jobs.mjs";
import { median, wanted } from "./rates.mjs";
import { project, start } from "./servers.mjs";
import { Synced } from "./synced.mjs";
import { sleepers } from "./wake.mjs";

const GREET = modernRequest("tools/call", { name: "greet", arguments: { name: "Ada" } });
const INITIALIZE = initialize();

/** Milliseconds from the start of the process to its first answer. */
async function firstAnswer(name, made) {
  const started = performance.now();
  const server = await start(name, made);
  try {
    // McpAgent knows no call without a session: its first answer is the one to `initialize`.
    const [{ headers, message }, wanted] = name === "agent" ? [INITIALIZE, '"serverInfo"'] : [GREET, "Hello, Ada."];
    const response = await request(server.port, { headers, body: JSON.stringify(message) });
    if (response.status !== 200 || !response.text.includes(wanted)) throw new Error(`${name} answered its first request ${response.status} ${response.text}`);
    return { value: performance.now() - started };
  } finally {
    await server.stop();
  }
}

/** Resident memory of a process, in KB. */
const resident = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]);

const GET = "GET /sse HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: text/event-stream\r\n\r\n";

function openStream(port, sockets) {
  const socket = net.connect(port, "127.0.0.1", () => socket.write(GET));
  sockets.push(socket);
  return new Promise((resolve, reject) => {
    let text = "";
    socket.on("error", reject);
    socket.on("close", () => reject(new Error(`the stream was closed: ${text}`)));
    socket.on("data", (part) => {
      text += part.toString("latin1");
      if (/data: [^\n]+\n/.test(text)) resolve();
    });
  });
}

/** A WebSocket that shares a state, and has it. */
function openSynced(port, sockets, { path }) {
  return new Promise((ready, failed) => {
    sockets.push(new Synced(port, path, { ready, failed }).socket.socket);
  });
}

/** KB a stream or socket, with `count` of them open and idle. */
const idle = (open) => async (name, made, row) => {
  const { count } = row;
  const server = await start(name, made);
  const sockets = [];
  const more = (many) => within(20_000, "all are open", Promise.all(Array.from({ length: many }, () => open(server.port, sockets, row))));
  try {
    await more(20); // The first ones pay for what all share.
    const before = resident(server.pid);
    for (let i = 0; i < count; i += 50) await more(50);
    if (sockets.some((socket) => socket.destroyed)) throw new Error("not all stayed open");
    return { value: (resident(server.pid) - before) / count };
  } finally {
    for (const socket of sockets) socket.destroy();
    await server.stop();
  }
};

const MEASURES = { firstAnswer, idleStreams: idle(openStream), idleSynced: idle(openSynced), fanOut, broadcast };

/** One server after the other, each started anew in each turn. */
async function separately(row) {
  const roles = Object.keys(row.servers);
  const made = {};
  for (const role of roles) made[role] = await project(row.servers[role], row.servers.ours);
  return {
    async turn(number) {
      const all = {};
      for (const role of number % 2 ? roles.toReversed() : roles) all[role] = [await MEASURES[row.measure](row.servers[role], made[role], wanted(row, role))];
      return all;
    },
    close() {},
  };
}

/** Measures a row of costs, in turns: `{ row, values: { ours, floor, … }, beside: [{ what, unit, values }], all }`, medians. */
export async function cost(row, { turns, progress }) {
  const roles = Object.keys(row.servers);
  const all = Object.fromEntries(roles.map((role) => [role, []]));
  const middle = (list, key) => median(list.map((one) => one[key]));
  const measured = await (row.measure === "wake" ? sleepers(row) : separately(row));
  try {
    for (let turn = 0; turn < turns; turn++) {
      const taken = await measured.turn(turn);
      for (const role of roles) all[role].push(...taken[role]);
      progress(`turn ${turn + 1}/${turns}  ${row.id.padEnd(18)} ${roles.map((role) => `${role} ${middle(taken[role], "value").toFixed(row.digits)}`).join(", ")} ${row.unit}`);
    }
  } finally {
    await measured.close();
  }
  const medians = (key) => Object.fromEntries(roles.map((role) => [role, middle(all[role], key)]));
  const beside = Object.entries(row.beside ?? {}).map(([key, [what, unit]]) => ({ what, unit, values: medians(key) }));
  return { row, values: medians("value"), beside, all };
}
