// The servers of a row, each in a workerd of its own: agents of ours, floors, peers.

import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readProject } from "../lib/project.mjs";
import { agent } from "../lib/tools.mjs";
import { startWorker } from "../lib/workerd.mjs";
import { locked } from "./locked.mjs";
import { peer } from "./peers.mjs";
import { agentOf, LOCKED } from "./rows.mjs";

// In memory where the machine has it: a write is then compared by what it costs the processor. On a disk both sides wait for the same fsync.
const shared = "/dev/shm";
const scratch = mkdtempSync(join(existsSync(shared) ? shared : tmpdir(), "mcp-agent-bench-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

const module = (name, file) => ({ name, kind: "esModule", path: new URL(`floors/${file}.mjs`, import.meta.url).pathname });

/** A floor: one module, and what it seals with if it does; the compatibility date of the Worker that it is compared with. */
const floor = (name, date, vars) => ({
  modules: [module("main.mjs", name), ...(name.startsWith("rounds") ? [module("seal.mjs", "seal")] : [])],
  date,
  flags: [],
  objects: ["object", "stream", "rounds-object", "listen", "sql", "wake", "sync"].includes(name) ? [{ name: "AGENT", class_name: "Agent" }] : [],
  vars,
});

/** The project of a server by its name in `rows.mjs`. `ours` is the agent that it stands beside, `vars` are for a floor. */
export async function project(name, ours, vars = {}) {
  if (name in LOCKED) return locked(LOCKED[name]);
  if (agentOf(name)) return readProject(agent(name));
  const { date } = readProject(agent(agentOf(ours)));
  const [, kind, count] = /^(handler|agent|asking|base)(?:-(\d+))?$/.exec(name) ?? [];
  return kind ? peer(kind, date, Number(count ?? 0)) : floor(name, date, vars);
}

/** Starts it on storage of its own, which goes with it. */
export async function start(name, made) {
  const storage = mkdtempSync(join(scratch, `${name}-`));
  const worker = await startWorker(made, { name: `bench-${name}`, storage, bindings: made.bindings, local: made.local });
  const token = await made.signIn?.(worker.port);
  return {
    port: worker.port,
    // What every request has beside its own.
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    pid: worker.pid,
    stderr: worker.stderr,
    // An object that has stored anything has a file; each class has one for its alarms beside.
    objects: () => readdirSync(storage, { recursive: true }).filter((file) => file.endsWith(".sqlite") && !file.endsWith("metadata.sqlite")).length,
    async stop() {
      await worker.kill();
      made.end?.();
      rmSync(storage, { recursive: true, force: true });
    },
  };
}
