// What is sent: an operation is `{ method, params }` on 2026-07-28, on a session of 2025-11-25 or over HTTP+SSE; here it becomes a job of the load generator.
// One that asks has `answers`, which are sent in its second request.

import { message, modernRequest, Session, SseSession } from "../lib/mcp.mjs";
import { request } from "../lib/http.mjs";
import { roundRequest } from "../lib/rounds.mjs";
import { calledOnce } from "./synced.mjs";
import { head, post, SESSION_HERE } from "./wire.mjs";

const VERSION = "2025-11-25";
const JSON_TYPES = { "content-type": "application/json", accept: "application/json, text/event-stream" };

const INITIALIZE = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: VERSION, capabilities: {}, clientInfo: { name: "bench", version: "1.0.0" } },
};

/** The request that opens a session. */
export const initialize = () => ({ headers: JSON_TYPES, message: INITIALIZE });

/** One of a row's servers as its requests see it: its port, and the headers of a session that is open on it (or on the one that it stands in for). */
export async function client(port, session) {
  return { port, session: session ?? (await Session.open(port, VERSION)).headers };
}

const modern = ({ port, headers: more }, { method, params }) => {
  const { path, headers, message: body } = modernRequest(method, params);
  return post(port, { path, headers: { ...headers, ...more }, body: JSON.stringify(body) });
};

const session = (to, { method, params }) =>
  post(to.port, { path: "/mcp", headers: to.session, body: JSON.stringify({ jsonrpc: "2.0", id: 7, method, params }) });

/** The three requests that every client of a session starts with. */
function dialogue(port) {
  const step = (message, headers, status, expect) => ({ bytes: post(port, { path: "/mcp", headers: { ...JSON_TYPES, ...headers }, body: JSON.stringify(message) }), status, expect });
  // The header is put in by the client that knows it; `post` writes the same line.
  const [name, value] = SESSION_HERE.trim().split(": ");
  const later = { [name]: value, "mcp-protocol-version": VERSION };
  return [
    step(INITIALIZE, {}, 200, '"serverInfo"'),
    step({ jsonrpc: "2.0", method: "notifications/initialized" }, later, 202, ""),
    step({ jsonrpc: "2.0", id: 2, method: "tools/list" }, later, 200, '"inputSchema"'),
  ];
}

const STATE_HERE = "the state";

/** A call that asks, and the same with the answers. */
function rounds({ port }, { method, params, answers }) {
  const { path, headers, message: first } = roundRequest(method, params);
  const { message: again } = roundRequest(method, params, { inputResponses: answers, requestState: STATE_HERE });
  const [before, after] = JSON.stringify(again).split(STATE_HERE);
  return { first: post(port, { path, headers, body: JSON.stringify(first) }), retry: { head: head(port, { path, headers }), before, after } };
}

/** The job of a row on one of its servers. `over` is "modern", "session", "setup", "sse", "rounds" or "sync". */
export function job(over, to, { operation, expect, path }) {
  switch (over) {
    case "modern":
      return { kind: "request", requests: [modern(to, operation)], expect };
    case "session":
      return { kind: "request", requests: [session(to, operation)], expect };
    case "setup":
      return { kind: "dialogue", steps: dialogue(to.port) };
    case "sse":
      return { kind: "stream", open: "/sse", bodies: [INITIALIZE, { jsonrpc: "2.0", id: 7, ...operation }].map((body) => JSON.stringify(body)), expect };
    case "rounds":
      return { kind: "rounds", ...rounds(to, operation), expect };
    case "sync":
      return { kind: "sync", path, operation, expect };
    default:
      throw new Error(`no such way: ${over}`);
  }
}

/** The result of one request, read in full. */
async function result(port, { path, headers, message: sent }) {
  const response = await request(port, { path, headers, body: JSON.stringify(sent) });
  if (response.status !== 200) throw new Error(`${sent.method} was answered ${response.status} ${response.text.slice(0, 500)}`);
  return message(response).result;
}

/** What a call asks: the result of its first request. */
export async function asked({ port }, { operation: { method, params } }) {
  const asking = await result(port, roundRequest(method, params));
  if (asking?.resultType !== "input_required") throw new Error(`${params.name} does not ask: ${JSON.stringify(asking)}`);
  return asking;
}

/** What one operation is answered: the result, read in full, as no load generator could do all the time. */
export async function once(over, to, { operation, path }) {
  if (over === "sync") return calledOnce(to.port, path, operation);
  if (over === "sse") {
    const stream = await SseSession.open(to.port, { version: VERSION, handshake: false });
    try {
      await stream.send(INITIALIZE.method, INITIALIZE.params);
      return (await stream.send(operation.method, operation.params)).result;
    } finally {
      stream.close();
    }
  }
  if (over === "setup") return {};
  const { method, params, answers } = operation;
  if (over === "rounds") {
    const { requestState } = await asked(to, { operation });
    return result(to.port, roundRequest(method, params, { inputResponses: answers, requestState }));
  }
  if (over === "modern") {
    const { headers, ...rest } = modernRequest(method, params);
    return result(to.port, { ...rest, headers: { ...headers, ...to.headers } });
  }
  return result(to.port, { path: "/mcp", headers: to.session, message: { jsonrpc: "2.0", id: 7, method, params } });
}
