// Proves that the end-to-end tests can fail: breaks one thing at a time in a copy of a built agent, and wants the named test file to notice.
//
//   MCP_E2E_TOOLS=tools.json node tests/mutations.mjs [name…]
//
// What is broken is JavaScript (the entry of the built project), so nothing is compiled. Exit code 1 when a mutation survives, or no longer applies.

import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { environment, tools } from "./lib/tools.mjs";

/** `find` is text of entry.mjs; `file` is the test that must fail; `agents` are the projects that are broken. */
const MUTATIONS = [
  { name: "no limit on chunked bodies", find: "while (size <= maxBody) {", put: "while (true) {", agents: ["counter"], file: "http" },
  { name: "no limit on declared bodies", find: "Number(declared) <= maxBody", put: "true", agents: ["counter"], file: "http" },
  { name: "the origin is not passed on", find: '${origin ?? ""}', put: "", agents: ["counter"], file: "http" },
  { name: "answers are shared with nobody", find: "response.headers.append(name, value)", put: "undefined", agents: ["counter"], file: "http" },
  { name: "answers are shared with everybody", find: "response.headers.append(name, value);", put: 'response.headers.append(name, value); response.headers.set("access-control-allow-origin", "*");', agents: ["counter"], file: "http" },
  { name: "a preflight does not say what it asks for", find: 'if (origin !== null) head +=', put: "if (false) head +=", agents: ["counter"], file: "http" },
  { name: "the session is not passed on", find: 'headers.get(name) ?? ""', put: 'name === "mcp-session-id" ? "" : headers.get(name) ?? ""', agents: ["counter"], file: "http" },
  { name: "every caller has an object of its own", find: "return env.AGENT.get((everybodys ??= env.AGENT.idFromName(name)));", put: "return env.AGENT.getByName(name + Math.random());", agents: ["counter", "kitchen"], file: "state" },
  { name: "a refused client is not let finish", find: "await drain(reader);", put: "", agents: ["counter"], file: "http" },
  { name: "slow readers are not cut off", find: "client.desiredSize < -MAX_UNREAD", put: "false", agents: ["kitchen"], file: "sse" },
  { name: "an exception that is no trap leaves the instance running", find: "rust.mcp_abort();", put: "", agents: ["panics"], file: "panics" },
  { name: "no heartbeat", find: 'send(": keepalive\\n\\n")', put: "undefined", agents: ["kitchen"], file: "sse" },
  { name: "one object for all streams", find: "object(signal.slice(1), env).post(body)", put: 'object("session:all", env).post(body)', agents: ["kitchen"], file: "sse" },
  { name: "an unknown stream is accepted in silence", find: "if (socket === undefined) return", put: 'if (socket === undefined) return "R202\\n\\n"; if (false) return', agents: ["kitchen"], file: "sse" },
  { name: "a lost instance rejects nobody", find: 'for (const reject of [...waiting]) reject(new Error("the wasm instance was lost"));', put: "", agents: ["panics"], file: "panics" },
  { name: "the answers to a batch are no array", find: '`[${texts.join(",")}]`', put: 'texts.join(",")', agents: ["counter"], file: "rpc" },
  { name: "one broken message takes its batch with it", find: "return json(200, failure(body));", put: "throw error;", agents: ["panics"], file: "panics" },
  { name: "a panic shows its inside", find: 'rpcError(id, -32603, "internal error")', put: 'rpcError(id, -32603, "RuntimeError: unreachable")', agents: ["panics"], file: "panics" },
  { name: "nobody is told that a client left its stream", find: 'leave(1000, "the client left");', put: "", agents: ["interactive"], file: "rounds" },
  { name: "what a cancelled handler sends off is lost", find: "waitUntil(new Promise((resolve) => setTimeout(resolve, LEAVE_MS)));", put: "", agents: ["interactive"], file: "rounds" },
  { name: "a stream of the front ends without a word when its instance is lost", find: "      send(event(failure(body)));\n      close();", put: "      close();", agents: ["interactive"], file: "rounds" },
  { name: "a subscription ends without a word", find: "send(last);", put: "", agents: ["interactive"], file: "listen" },
  { name: "an object is not told that a client left", find: 'this.#cross((core) => core.left(Number(tag.slice("stream:".length))));', put: "undefined;", agents: ["interactive"], file: "listen" },
];

const wanted = process.argv.slice(2);
const folder = join(tools.out, "mutations");

function run(file, toolsFile) {
  const test = new URL(`e2e/${file}.test.mjs`, import.meta.url).pathname;
  const child = spawn(tools.node, ["--test", "--test-reporter=dot", "--test-timeout=120000", test], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...environment, MCP_E2E_TOOLS: toolsFile },
  });
  let log = "";
  for (const pipe of [child.stdout, child.stderr]) pipe.setEncoding("utf8").on("data", (part) => (log += part));
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, log })));
}

let survived = 0;
for (const mutation of MUTATIONS) {
  if (wanted.length && !wanted.some((part) => mutation.name.includes(part))) continue;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const agents = { ...tools.agents };
  let applied = true;
  for (const name of mutation.agents) {
    const copy = join(folder, name);
    mkdirSync(copy, { recursive: true });
    for (const part of ["build", "wrangler.jsonc", "entry.mjs"]) cpSync(join(tools.agents[name], part), join(copy, part), { recursive: true });
    const entry = readFileSync(join(copy, "entry.mjs"), "utf8");
    const broken = entry.replaceAll(mutation.find, mutation.put);
    if (broken === entry) applied = false;
    writeFileSync(join(copy, "entry.mjs"), broken);
    agents[name] = copy;
  }
  if (!applied) {
    survived++;
    console.log(`stale     ${mutation.name}: entry.mjs no longer says \`${mutation.find}\``);
    continue;
  }
  const toolsFile = join(folder, "tools.json");
  writeFileSync(toolsFile, JSON.stringify({ ...tools, agents }));
  const { code } = await run(mutation.file, toolsFile);
  if (code === 0) survived++;
  console.log(`${code === 0 ? "SURVIVED " : "noticed  "} ${mutation.name} (${mutation.file})`);
}
process.exit(survived ? 1 : 0);
