// How long the first call takes in an object that was evicted.
//
// workerd evicts an object ten seconds after its last request, and closes its database then: so its open files tell, of ours and of the floor alike. The wait
// is the same for all, so all servers sleep at once, and are woken one after the other.

import { readdirSync, readlinkSync } from "node:fs";
import { modernRequest } from "../lib/mcp.mjs";
import { eventually } from "../lib/wait.mjs";
import { Channel } from "./channel.mjs";
import { cpu } from "./cpu.mjs";
import { once } from "./jobs.mjs";
import { vars } from "./rates.mjs";
import { project, start } from "./servers.mjs";
import { post } from "./wire.mjs";

// Milliseconds.
const SLEEPS = 30_000;
const ANSWERS = 10_000;

/** Whether the server's object is in memory. The database of the alarms is always open. */
function isAwake({ pid }) {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).some((file) => {
    try {
      const path = readlinkSync(`${folder}/${file}`);
      return path.endsWith(".sqlite") && !path.endsWith("metadata.sqlite");
    } catch (error) {
      if (error.code === "ENOENT") return false; // Closed meanwhile.
      throw error;
    }
  });
}

/** Two calls on a connection of their own: how long the first took, which wakes the object, and the next, and the server's processor time of the first, in milliseconds. */
function call(server, { operation: { method, params }, expect }) {
  const { path, headers, message } = modernRequest(method, params);
  const bytes = Buffer.from(post(server.port, { path, headers, body: JSON.stringify(message) }));
  return new Promise((resolve, reject) => {
    const took = [];
    let started, spent;
    const before = cpu(server.pid);
    const timer = setTimeout(() => reject(new Error("no answer")), ANSWERS);
    const end = (settle, result) => {
      clearTimeout(timer);
      channel.socket.destroy();
      settle(result);
    };
    const send = () => {
      started = performance.now();
      channel.socket.write(bytes);
    };
    const answered = (head, answer, body) => {
      took.push(performance.now() - started);
      if (!head.startsWith("HTTP/1.1 200") || answer.indexOf(expect, body, "latin1") < 0) return end(reject, new Error(`not the expected answer: ${answer.latin1Slice(0, 1000)}`));
      spent ??= cpu(server.pid) - before;
      if (took.length < 2) return send();
      end(resolve, { value: took[0], next: took[1], cpu: spent / 1000 });
    };
    const channel = new Channel(server.port, answered, (error) => end(reject, error));
    channel.socket.once("connect", send);
  });
}

/** Wakes one, and makes sure that it slept. */
async function woken({ role, server }, row) {
  if (isAwake(server)) throw new Error("it was not evicted");
  const took = await call(server, row);
  if (!isAwake(server)) throw new Error("nothing tells that its object is in memory");
  if (role === "floor") {
    // What the files say is what the instance itself says.
    const [{ text }] = (await once("modern", server, { operation: row.reads })).content;
    if (text !== "2") throw new Error(`its instance was read ${text} times: it is none that was made for these two calls`);
  }
  return took;
}

/** Servers whose objects have a state, `each` of ours and of the floor. `turn` lets all fall asleep and wakes them. */
export async function sleepers(row) {
  const servers = { ours: [], floor: [] };
  const everyone = () => Object.values(servers).flat();
  const close = () => Promise.all(everyone().map((server) => server.stop()));

  async function open(role, vars) {
    const name = row.servers[role];
    const made = await project(name, row.servers.ours, vars);
    for (let i = 0; i < row.each; i++) {
      const server = await start(name, made);
      servers[role].push(server);
      await once("modern", server, { operation: row.write });
    }
  }

  async function turn(number) {
    await eventually(SLEEPS, "all objects are evicted", () => !everyone().some(isAwake));
    const all = { ours: [], floor: [] };
    for (let i = 0; i < row.each; i++) {
      for (const role of (number + i) % 2 ? ["ours", "floor"] : ["floor", "ours"]) {
        const server = servers[role][i];
        const took = woken({ role, server }, row).catch((error) => {
          throw new Error(`row ${row.id}: ${role}: ${error.message}\n${server.stderr().slice(-2000)}`);
        });
        all[role].push(await took);
      }
    }
    return all;
  }

  try {
    await open("ours", {});
    await open("floor", await vars(row, row.servers.floor, servers.ours[0]));
    const answers = new Set();
    for (const server of everyone()) answers.add(JSON.stringify(await once("modern", server, row)));
    if (answers.size > 1) throw new Error(`row ${row.id}: not the same answers: ${[...answers].join(" ")}`);
    await turn(0); // The first time, the code that wakes is cold itself.
  } catch (error) {
    await close();
    throw error;
  }
  return { turn, close };
}
