// The requests of the workloads, as the bytes that go over the wire.

import { modernRequest, Session } from "../lib/mcp.mjs";

function bytes(port, { path, headers, body }) {
  const lines = Object.entries({ host: `127.0.0.1:${port}`, "user-agent": "bench", ...headers, "content-length": Buffer.byteLength(body) });
  return `POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}`).join("\r\n")}\r\n\r\n${body}`;
}

const modernBytes = (port, method, params) => {
  const { path, headers, message } = modernRequest(method, params);
  return [bytes(port, { path, headers, body: JSON.stringify(message) })];
};

async function sessionBytes(port, session, method, params) {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 7, method, params });
  return [bytes(port, { path: "/mcp", headers: session, body })];
}

/** The headers of a session of the Worker itself; the floor gets the same ones, so that both parse as much. */
export const sessionHeaders = async (port) => (await Session.open(port, "2025-11-25")).headers;

const GREET = { name: "greet", arguments: { name: "Ada Lovelace" } };
const VALUE = { name: "value", arguments: {} };
const ADD = { name: "add", arguments: { a: 1 } };
const ok = '"content"';

const INITIALIZE = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "bench", version: "1.0.0" } },
};

/** `{ id, what, floor, requests(port, session), expect, stream, extra }`: `floor` names the server that it is compared with, `extra` ones run with `--extras`. */
export const WORKLOADS = [
  { id: "call", what: "stateless call, 2026-07-28", floor: "bare", requests: (port) => modernBytes(port, "tools/call", GREET), expect: ok },
  { id: "call-session", what: "stateless call, session of 2025-11-25", floor: "bare", requests: (port, session) => sessionBytes(port, session, "tools/call", GREET), expect: ok },
  { id: "read", what: "state read, 2026-07-28", floor: "object", requests: (port) => modernBytes(port, "tools/call", VALUE), expect: ok },
  { id: "read-session", what: "state read, session of 2025-11-25", floor: "object", requests: (port, session) => sessionBytes(port, session, "tools/call", VALUE), expect: ok },
  { id: "write", what: "state write, 2026-07-28", floor: "object", requests: (port) => modernBytes(port, "tools/call", ADD), expect: ok },
  { id: "write-session", what: "state write, session of 2025-11-25", floor: "object", requests: (port, session) => sessionBytes(port, session, "tools/call", ADD), expect: ok },
  { id: "list", what: "tools/list, 2026-07-28", floor: "bytes", extra: true, requests: (port) => modernBytes(port, "tools/list", {}), expect: '"inputSchema"' },
  {
    id: "sse", what: "call over HTTP+SSE, and its answer on the stream", floor: "stream", extra: true, stream: "/sse",
    requests: () => [INITIALIZE, { jsonrpc: "2.0", id: 7, method: "tools/call", params: GREET }].map((message) => JSON.stringify(message)),
    expect: "Hello, Ada",
  },
];
