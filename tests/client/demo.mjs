// The client of `cargo xtask demo`: what a person would try first, over every transport, as a transcript.
//
//   node demo.mjs http://127.0.0.1:8787                      lists, adds 5 over each of three transports, reads
//   node demo.mjs http://127.0.0.1:8787 --expect-counter 16  reads only, over each of them, and wants 16
//
// Exit code 0 when everything was as expected, 1 with the first difference.

import { parseArgs } from "node:util";
import { modernClient, sse, streamable } from "../lib/clients.mjs";

const { values: options, positionals } = parseArgs({ allowPositionals: true, options: { "expect-counter": { type: "string" }, add: { type: "string", default: "5" } } });
const [url] = positionals;
const step = Number(options.add);
const wanted = options["expect-counter"] === undefined ? undefined : Number(options["expect-counter"]);
if (!url || !Number.isSafeInteger(step) || (wanted !== undefined && !Number.isSafeInteger(wanted))) {
  console.error("usage: demo.mjs URL [--expect-counter N] [--add N]");
  process.exit(2);
}

const colour = process.stdout.isTTY && !process.env.NO_COLOR ? (code, text) => `\x1b[${code}m${text}\x1b[0m` : (_, text) => text;
const head = (text) => console.log(`\n${colour(1, text)}`);
const line = (asked, got) => console.log(`  ${colour(36, asked.padEnd(34))} ${got}`);

function same(what, got, want) {
  if (got !== want) throw new Error(`${what}: got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
}

const counter = async (client) => {
  const { contents } = await client.readResource({ uri: "counter://value" });
  return Number(contents[0].text);
};

const WAYS = [
  ["Streamable HTTP (2025-11-25), @modelcontextprotocol/sdk", () => streamable(url)],
  ["HTTP+SSE (2024-11-05), @modelcontextprotocol/sdk", () => sse(url)],
  ["Stateless HTTP (2026-07-28), @modelcontextprotocol/client", () => modernClient(url)],
];

async function visit(client, expected) {
  if (wanted !== undefined) {
    const now = await counter(client);
    line("read counter://value", now);
    same("the counter", now, wanted);
    return now;
  }
  const { tools } = await client.listTools();
  line("tools/list", tools.map((tool) => tool.name).join(", "));
  same("the tool `add` is listed", tools.some((tool) => tool.name === "add"), true);
  const before = await counter(client);
  if (expected !== undefined) same("the counter before", before, expected);
  const result = await client.callTool({ name: "add", arguments: { a: step } });
  const said = result.content[0].text;
  line(`tools/call add { a: ${step} }`, said);
  same("the answer of `add`", said, `now ${before + step}`);
  const now = await counter(client);
  line("resources/read counter://value", now);
  same("the counter", now, before + step);
  return now;
}

try {
  let expected;
  for (const [name, connect] of WAYS) {
    head(name);
    const client = await connect();
    try {
      expected = await visit(client, expected);
    } finally {
      await client.close();
    }
  }
  console.log(`\n${colour(32, "ok")}: the counter stands at ${expected}`);
  process.exit(0);
} catch (error) {
  console.error(`\n${colour(31, "failed")}: ${error.message}`);
  process.exit(1);
}
