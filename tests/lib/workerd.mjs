// Starts and kills raw workerd. Port 0 and `--control-fd`: the port is known when the event arrives, so nothing polls and nothing collides.
// workerd ignores SIGTERM once it has served a stream: it is ended with SIGKILL, by its own pid.

import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { readProject } from "./project.mjs";
import { environment, scratch, tools } from "./tools.mjs";
import { within } from "./wait.mjs";

const running = new Set();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

const ASSETS = readFileSync(new URL("assets.mjs", import.meta.url), "utf8");

const quote = (text) => JSON.stringify(text);

function capnp(project, { storage, bindings, local, outside, kv }) {
  const modules = project.modules.map((m) => `    (name = ${quote(m.name)}, ${m.kind} = embed ${quote(`modules/${m.name}`)}),`);
  const classes = [...new Set(project.objects.map((o) => o.class_name))];
  const namespaces = classes.map((name) => `    (className = ${quote(name)}, uniqueKey = ${quote(`e2e-${name}`)}, enableSql = true),`);
  const values = { ...project.vars, ...bindings };
  const bound = [
    ...project.objects.map((o) => `    (name = ${quote(o.name)}, durableObjectNamespace = ${quote(o.class_name)}),`),
    ...Object.entries(values).map(([name, value]) =>
      typeof value === "string"
        ? `    (name = ${quote(name)}, text = ${quote(value)}),`
        : `    (name = ${quote(name)}, json = ${quote(JSON.stringify(value))}),`),
  ];
  // What a Worker fetches goes to the public network alone, unless it says otherwise.
  const internet = outside
    ? `\n    (name = "internet", external = (address = ${quote(`127.0.0.1:${outside}`)}, http = ())),`
    : local ? `\n    (name = "internet", network = (allow = ["public", "local"])),` : "";
  if (kv) bound.push(`    (name = ${quote(kv.name)}, kvNamespace = "kv"),`);
  const namespace = kv ? `\n    (name = "kv", external = (address = ${quote(`127.0.0.1:${kv.port}`)}, http = ())),` : "";
  const disk = project.objects.length ? `\n    (name = "storage", disk = (path = ${quote(storage)}, writable = true)),` : "";
  // Static assets are served in front of the Worker.
  const front = project.assets
    ? `\n    (name = "assets", worker = .assets),\n    (name = "files", disk = (path = ${quote(project.assets)})),`
    : "";
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),${front}${disk}${internet}${namespace}
  ],
  sockets = [ (name = "http", address = "127.0.0.1:0", http = (), service = ${quote(front ? "assets" : "main")}) ],
);${front && `
const assets :Workerd.Worker = (
  modules = [ (name = "assets.mjs", esModule = ${quote(ASSETS)}) ],
  compatibilityDate = ${quote(project.date)},
  bindings = [ (name = "FILES", service = "files"), (name = "WORKER", service = "main") ],
);`}
const worker :Workerd.Worker = (
  modules = [
${modules.join("\n")}
  ],
  compatibilityDate = ${quote(project.date)},
  compatibilityFlags = [${project.flags.map(quote).join(", ")}],
  durableObjectNamespaces = [
${namespaces.join("\n")}
  ],${project.objects.length ? `\n  durableObjectStorage = (localDisk = "storage"),` : ""}
  bindings = [
${bound.join("\n")}
  ],
);
`;
}

/**
 * Runs a project (a folder, or what `readProject` returns). `storage` is a folder of an earlier run, for restarts; `bindings` are
 * more variables (secrets); `local` lets it fetch from this machine; `outside` is a port of it which is sent all that the Worker fetches, whatever
 * host it asks for; `kv` is a KV namespace, `{ name, port }`, as `lib/kv.mjs` serves it.
 * Returns `{ port, url, pid, storage, stderr(), kill(), restart() }`.
 */
export async function startWorker(folder, { storage, bindings = {}, name = "worker", local = false, outside, kv } = {}) {
  const project = typeof folder === "string" ? readProject(folder) : folder;
  const home = scratch(name);
  for (const module of project.modules) {
    const copy = join(home, "modules", module.name);
    mkdirSync(dirname(copy), { recursive: true });
    if (module.text === undefined) copyFileSync(module.path, copy);
    else writeFileSync(copy, module.text);
  }
  const disk = storage ?? join(home, "storage");
  mkdirSync(disk, { recursive: true });
  const config = join(home, "config.capnp");
  writeFileSync(config, capnp(project, { storage: disk, bindings, local, outside, kv }));

  const child = spawn(tools.workerd, ["serve", "--verbose", "--control-fd=3", config], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    env: environment,
  });
  running.add(child);
  // A test that fails before it kills its server must not keep the process: every wait has a timer of its own, and the rest ends at exit.
  child.unref();
  for (const pipe of child.stdio) pipe?.unref();
  let log = "";
  const keep = (chunk) => {
    log = (log + chunk).slice(-20_000_000);
  };
  child.stdout.setEncoding("utf8").on("data", keep);
  child.stderr.setEncoding("utf8").on("data", keep);
  const exited = new Promise((resolve) => child.once("exit", (code, signal) => {
    running.delete(child);
    resolve({ code, signal });
  }));

  const control = createInterface({ input: child.stdio[3] });
  const listening = new Promise((resolve, reject) => {
    control.on("line", (line) => {
      const event = JSON.parse(line);
      if (event.event === "listen" && event.socket === "http") resolve(event.port);
    });
    exited.then(({ code, signal }) => reject(new Error(`workerd ended (${code ?? signal}) before it listened:\n${log}`)));
  });
  const port = await within(20_000, "workerd listens", listening).catch((error) => {
    child.kill("SIGKILL");
    throw error;
  });

  const worker = {
    port,
    url: `http://127.0.0.1:${port}`,
    pid: child.pid,
    storage: disk,
    stderr: () => log,
    exited,
    async kill() {
      child.kill("SIGKILL");
      await within(10_000, `workerd ${child.pid} is gone`, exited);
    },
    /** SIGKILL, then the same project on the same storage. */
    async restart() {
      await worker.kill();
      return startWorker(project, { storage: disk, bindings, name, local, outside, kv });
    },
  };
  return worker;
}
