// What is no rate: the first request after a start, the memory of an idle stream, and how soon a change is heard of.

import { readFileSync } from "node:fs";
import net from "node:net";
import { modernRequest } from "../lib/mcp.mjs";
import { request } from "../lib/http.mjs";
import { within } from "../lib/wait.mjs";
import { fanOut } from "./fan-out.mjs";
import { initialize } from "./jobs.mjs";
import { median, wanted } from "./rates.mjs";
import { project, start } from "./servers.mjs";

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
  return within(20_000, "a stream opens", new Promise((resolve, reject) => {
    let text = "";
    socket.on("error", reject);
    socket.on("close", () => reject(new Error(`the stream was closed: ${text}`)));
    socket.on("data", (part) => {
      text += part.toString("latin1");
      if (/data: [^\n]+\n/.test(text)) resolve();
    });
  }));
}

/** KB a stream, with `count` of them open and idle. */
async function idleStreams(name, made, { count }) {
  const server = await start(name, made);
  const sockets = [];
  const open = (many) => Promise.all(Array.from({ length: many }, () => openStream(server.port, sockets)));
  try {
    await open(20); // The first ones pay for what all share.
    const before = resident(server.pid);
    for (let i = 0; i < count; i += 50) await open(50);
    if (sockets.some((socket) => socket.destroyed)) throw new Error("a stream did not stay open");
    return { value: (resident(server.pid) - before) / count };
  } finally {
    for (const socket of sockets) socket.destroy();
    await server.stop();
  }
}

const MEASURES = { firstAnswer, idleStreams, fanOut };

/** Measures a row of costs, its servers in turns: `{ row, values: { ours, floor, … }, answered, all }`, medians. */
export async function cost(row, { turns, progress }) {
  const roles = Object.keys(row.servers);
  const made = {};
  for (const role of roles) made[role] = await project(row.servers[role], row.servers.ours);
  const all = Object.fromEntries(roles.map((role) => [role, []]));
  for (let turn = 0; turn < turns; turn++) {
    for (const role of turn % 2 ? roles.toReversed() : roles) all[role].push(await MEASURES[row.measure](row.servers[role], made[role], wanted(row, role)));
    progress(`turn ${turn + 1}/${turns}  ${row.id.padEnd(18)} ${roles.map((role) => `${role} ${all[role].at(-1).value.toFixed(row.digits)}`).join(", ")} ${row.unit}`);
  }
  const medians = (key) => Object.fromEntries(roles.map((role) => [role, median(all[role].map((one) => one[key]))]));
  return { row, values: medians("value"), answered: row.answers && medians("answered"), all };
}
