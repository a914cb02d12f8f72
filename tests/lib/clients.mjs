// The clients that people use: both official SDKs, and programs that are run.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { environment, load, scratch, tools } from "./tools.mjs";
import { eventually, within } from "./wait.mjs";
import { Wire } from "./wire.mjs";

const LIMIT = 15_000;

// A program that would show a person a page finds no browser, whatever this machine has.
const NO_BROWSER = { DISPLAY: "", WAYLAND_DISPLAY: "", XDG_CURRENT_DESKTOP: "X-Generic", BROWSER: "false" };

const sdk = () => ({
  ...load("@modelcontextprotocol/sdk/client/index.js"),
  ...load("@modelcontextprotocol/sdk/client/streamableHttp.js"),
  ...load("@modelcontextprotocol/sdk/client/sse.js"),
  ...load("@modelcontextprotocol/sdk/types.js"),
});

async function connected(client, transport) {
  await within(LIMIT, "the client connects", client.connect(transport));
  return client;
}

/** `@modelcontextprotocol/sdk` 1.x over Streamable HTTP. */
export function streamable(url, options = {}) {
  const { Client, StreamableHTTPClientTransport } = sdk();
  return connected(new Client({ name: "e2e-streamable", version: "1.0.0" }), new StreamableHTTPClientTransport(new URL("/mcp", url), options));
}

/** `@modelcontextprotocol/sdk` 1.x over HTTP+SSE. */
export function sse(url, options = {}) {
  const { Client, SSEClientTransport } = sdk();
  return connected(new Client({ name: "e2e-sse", version: "1.0.0" }), new SSEClientTransport(new URL("/sse", url), options));
}

/**
 * `@modelcontextprotocol/sdk` 1.x over `kind` (`streamable` or `sse`), as a client that can answer: `elicit`, `sample` and `roots` get the params of what
 * the server asks. It can do what it has a function for, unless `capabilities` says otherwise. `{ client, wire }`: what went over the wire is kept
 * and validated.
 */
export async function answering(kind, url, { elicit, sample, roots, capabilities, ...options } = {}) {
  const { Client, StreamableHTTPClientTransport, SSEClientTransport, ElicitRequestSchema, CreateMessageRequestSchema, ListRootsRequestSchema } = sdk();
  const able = capabilities ?? {
    ...(elicit && { elicitation: { form: {}, url: {} } }),
    ...(sample && { sampling: {} }),
    ...(roots && { roots: { listChanged: true } }),
  };
  const client = new Client({ name: `e2e-${kind}`, version: "1.0.0" }, { capabilities: able });
  for (const [answer, schema] of [[elicit, ElicitRequestSchema], [sample, CreateMessageRequestSchema], [roots, ListRootsRequestSchema]]) {
    if (answer) client.setRequestHandler(schema, async ({ params }) => answer(params));
  }
  const wire = new Wire();
  const transport = kind === "sse"
    ? new SSEClientTransport(new URL("/sse", url), { fetch: wire.fetch, ...options })
    : new StreamableHTTPClientTransport(new URL("/mcp", url), { fetch: wire.fetch, ...options });
  await connected(client, transport);
  // It asks for its stream by itself and does not wait for it: what happens before that could not reach it.
  await eventually(LIMIT, "the client listens", () => wire.streams > 0);
  return { client, wire };
}

/**
 * The same with `@modelcontextprotocol/client` 2.x. On 2026-07-28 it answers what it is asked and sends its request again; where `mode` is `"legacy"` it
 * has a session.
 */
export async function answeringModern(url, { elicit, sample, roots } = {}, mode = { pin: "2026-07-28" }) {
  const { Client, StreamableHTTPClientTransport } = load("@modelcontextprotocol/client");
  const capabilities = {
    ...(elicit && { elicitation: { form: {}, url: {} } }),
    ...(sample && { sampling: {} }),
    ...(roots && { roots: {} }),
  };
  const client = new Client({ name: "e2e-modern", version: "1.0.0" }, { capabilities, versionNegotiation: { mode } });
  for (const [answer, method] of [[elicit, "elicitation/create"], [sample, "sampling/createMessage"], [roots, "roots/list"]]) {
    if (answer) client.setRequestHandler(method, async ({ params }) => answer(params));
  }
  const wire = new Wire(mode.pin);
  await connected(client, new StreamableHTTPClientTransport(new URL("/mcp", url), { fetch: wire.fetch }));
  if (mode === "legacy") await eventually(LIMIT, "the client listens", () => wire.streams > 0);
  return { client, wire };
}

/** `@modelcontextprotocol/client` 2.x; `mode` is its negotiation: `{ pin: "2026-07-28" }`, `"auto"` or `"legacy"`. */
export function modernClient(url, mode = { pin: "2026-07-28" }, options = {}) {
  const { Client, StreamableHTTPClientTransport } = load("@modelcontextprotocol/client");
  return connected(
    new Client({ name: "e2e-modern", version: "1.0.0" }, { versionNegotiation: { mode } }),
    new StreamableHTTPClientTransport(new URL("/mcp", url), options),
  );
}

const elicits = (elicit) => (elicit ? { capabilities: { elicitation: { form: {}, url: {} } } } : {});
const started = (program, args) => ({ command: program, args, env: environment, stderr: "inherit" });

/** `@modelcontextprotocol/sdk` 1.x over stdio; it starts the program. `elicit` answers what the server asks. */
export function stdioClient(program, { args = [], elicit } = {}) {
  const { Client, StdioClientTransport, ElicitRequestSchema } = { ...sdk(), ...load("@modelcontextprotocol/sdk/client/stdio.js") };
  const client = new Client({ name: "e2e-stdio", version: "1.0.0" }, elicits(elicit));
  if (elicit) client.setRequestHandler(ElicitRequestSchema, async ({ params }) => elicit(params));
  return connected(client, new StdioClientTransport(started(program, args)));
}

/** `@modelcontextprotocol/client` 2.x over stdio, with a `mode` as of {@link modernClient}. */
export function stdioModernClient(program, mode, { args = [], elicit } = {}) {
  const { Client } = load("@modelcontextprotocol/client");
  const { StdioClientTransport } = load("@modelcontextprotocol/client/stdio");
  const client = new Client({ name: "e2e-stdio", version: "1.0.0" }, { ...elicits(elicit), versionNegotiation: { mode } });
  if (elicit) client.setRequestHandler("elicitation/create", async ({ params }) => elicit(params));
  return connected(client, new StdioClientTransport(started(program, args)));
}

/**
 * `mcp-remote` between stdio and a URL, driven by hand over its pipes: the SDK's stdio transport would hide what it prints. `home` is where it keeps
 * what it knows, `said` gets what it says to a person.
 */
export class Remote {
  static async start(url, args = [], { home = scratch("mcp-remote"), said = () => {} } = {}) {
    const program = join(tools.nodeModules, "mcp-remote/dist/proxy.js");
    const child = spawn(tools.node, [program, url, ...args], {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...environment, ...NO_BROWSER, HOME: home, MCP_REMOTE_CONFIG_DIR: home },
    });
    child.unref();
    for (const pipe of child.stdio) pipe.unref();
    const remote = new Remote();
    Object.assign(remote, { child, log: "", waiting: new Map(), id: 0 });
    remote.exited = new Promise((resolve) => child.once("exit", resolve));
    child.stderr.setEncoding("utf8").on("data", (part) => {
      remote.log += part;
      said(remote.log);
    });
    createInterface({ input: child.stdout }).on("line", (line) => {
      const message = JSON.parse(line);
      remote.waiting.get(message.id)?.(message);
      remote.waiting.delete(message.id);
    });
    remote.initialized = await remote.send("initialize", {
      protocolVersion: "2025-11-25",
      capabilities: {},
      clientInfo: { name: "e2e-remote", version: "1.0.0" },
    });
    remote.write({ jsonrpc: "2.0", method: "notifications/initialized" });
    return remote;
  }

  write(message) {
    this.child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  send(method, params) {
    const id = ++this.id;
    const answered = new Promise((resolve) => this.waiting.set(id, resolve));
    this.write({ jsonrpc: "2.0", id, method, params });
    const ended = this.exited.then((code) => { throw new Error(`mcp-remote ended with ${code}:\n${this.log}`); });
    return within(LIMIT, `mcp-remote answers ${method}`, Promise.race([answered, ended])).catch((error) => {
      throw new Error(`${error.message}\n${this.log}`);
    });
  }

  async close() {
    this.child.stdin.end();
    this.child.kill("SIGKILL");
    await within(LIMIT, "mcp-remote is gone", this.exited);
  }
}

/** Runs a program to its end: `{ code, stdout, stderr }`. It reads `input`; `said` gets all that it has printed, whenever there is more. */
export function run(program, args, { limit = 60_000, env = {}, input, said = () => {} } = {}) {
  const child = spawn(program, args, { stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"], env: { ...environment, ...env } });
  child.stdin?.end(input);
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (part) => said((stdout += part) + stderr));
  child.stderr.setEncoding("utf8").on("data", (part) => said(stdout + (stderr += part)));
  const ended = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
  return within(limit, `${program} ends`, ended).catch((error) => {
    child.kill("SIGKILL");
    throw new Error(`${error.message}\n${stdout}\n${stderr}`);
  });
}

/** The Inspector in CLI mode; the JSON that it prints. It asks nobody to sign in unless it may open a browser, or has a terminal. `home` is where it keeps what it knows, the rest is of {@link run}. */
export async function inspector(url, args, { home = scratch("inspector"), ...options } = {}) {
  const launcher = join(tools.nodeModules, "@modelcontextprotocol/inspector/clients/launcher/build/index.js");
  const env = { ...NO_BROWSER, HOME: home, MCP_CATALOG_PATH: join(home, "mcp.json"), MCP_AUTO_OPEN_ENABLED: "true", MCP_INSPECTOR_SECRET_STORE: "file" };
  return run(tools.node, [launcher, "--cli", url, ...args], { env, ...options });
}
