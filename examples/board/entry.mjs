// Derived by `mcp-gen sync`. The entry of the Worker, the same in every mcp-agent project: change the declaration or the handlers instead.
//
// It holds every client stream, and it is the object class. It crosses into Rust once a request, with plain strings and bytes, and
// Rust answers with one string whose first character says what to do. A panic in Rust resets the wasm instance: nothing that a
// client holds lives there, so whoever was waiting gets an error at once, and everybody else notices nothing. Where it was built
// with panics that unwind, a panic ends its own call, and the instance goes on.
import { DurableObject, env, waitUntil } from "cloudflare:workers";
import Built from "./build/index.js";

const rust = Built.prototype;
const instance = globalThis.__worker_init_state;
const encoder = new TextEncoder();
const EMPTY = new Uint8Array(0);
// What a slow client may leave unread on its stream, in bytes, before the stream is closed for it to come back.
const MAX_UNREAD = 8 << 20;
// How much of a body that is too large is thrown away before the answer, and for how long.
const DRAIN_BYTES = 16 << 20;
const DRAIN_MS = 1000;
const PAUSE_MS = 100;
// So many heads of requests are known, of at most so many characters.
const MOST_HEADS = 64;
const LONG_HEAD = 2048;
// How long a request that runs here lasts behind its client.
const LEAVE_MS = 5000;

// ---- Crossing into Rust ----

let ready = -1; // the wasm instance that knows its environment
let sealed = -1; // the wasm instance that knows the sealing keys
let maxBody = 0;
let keepalive = 0; // the interval of heartbeats, in milliseconds
let stateless = ""; // the version without sessions
let beside = true; // whether there is anything but MCP, once that is known
let exactPaths = new Set(); // of what is no MCP
let plainPath = ""; // of plain requests, or what it begins with
let plainBegins = false;
let homes = false; // whether states belong to principals
let hidden = []; // the paths of MCP that begin like that
let paramNames = []; // of the headers that repeat arguments
let unmirrored = ""; // a line for each of them
let dead = true; // the wasm instance has to be made, or made again
let lostBy = ""; // the call that ended the last one, "-" if it was none; empty if nobody knows
let lostId = -1; // that instance
const heads = new Map(); // the heads that the wasm instance keeps, and where
let last = null; // the one that came last, as it was read, and where
const waiting = new Set(); // what to call when the wasm instance is lost

// After a panic, the first call makes a new wasm instance. It must have no arguments: they would be written into the old one.
function enter() {
  if (dead || instance.criticalError) {
    rust.mcp_ready();
    dead = false;
  }
  if (ready === instance.instanceId) return;
  lost();
  const [max, interval, version, exact, plain, someones, ...names] = rust.mcp_init(env).split("\n");
  maxBody = Number(max);
  keepalive = Number(interval);
  stateless = version;
  homes = someones !== "";
  beside = exact !== "" || plain !== "";
  exactPaths = new Set(exact.split(" "));
  [plainPath, ...hidden] = plain.split(" ");
  plainBegins = plainPath.endsWith("/*");
  if (plainBegins) plainPath = plainPath.slice(0, -1);
  paramNames = names.filter((name) => name.startsWith("mcp-param-"));
  unmirrored = "\n".repeat(Math.max(paramNames.length - 1, 0));
  ready = instance.instanceId;
}

function lost() {
  // Rust tells before it ends. What ends without a word is told by nobody.
  const culprit = globalThis.mcpLostBy;
  globalThis.mcpLostBy = undefined;
  if (culprit !== undefined || lostId !== ready) lostBy = culprit ?? "";
  lostId = ready;
  dead = true;
  last = null;
  heads.clear();
  instance.criticalError = false;
  for (const reject of [...waiting]) reject(new Error("the wasm instance was lost"));
}

// A trap ends the instance. Any other exception leaves it running, but with frames that never return: locks are held, the stack is not given
// back. So it is ended here.
function abandon(id) {
  if (instance.instanceId === id) {
    try {
      rust.mcp_abort();
    } catch {
      // That is what it does.
    }
  }
  lost();
}

// A panic that has unwound: its own call is over, and no frame of it is left behind.
function isOver(error) {
  return error?.name === "PanicError";
}

// What a task that nobody awaits ends in surfaces here alone.
addEventListener("error", ({ error }) => {
  if (isOver(error)) rust.mcp_stir();
  else if (instance.criticalError) lost();
  else if (String(error?.stack).includes("wasm")) abandon(instance.instanceId);
});
addEventListener("unhandledrejection", () => {
  if (instance.criticalError) lost();
});

// Calls an export. Whatever it throws has ended the instance, but for a panic that has unwound.
function cross(call) {
  enter();
  const id = instance.instanceId;
  let result;
  try {
    result = call();
  } catch (error) {
    if (!isOver(error)) abandon(id);
    throw error;
  }
  return typeof result === "object" && typeof result.then === "function" ? guarded(result) : result;
}

// A promise of a lost instance stays pending for ever.
function guarded(promise) {
  return new Promise((resolve, reject) => {
    const settle = (end) => (value) => {
      waiting.delete(reject);
      end(value);
    };
    waiting.add(reject);
    promise.then(settle(resolve), settle(reject));
  });
}

// ---- The front Worker ----

export default {
  fetch(request, env) {
    if (beside && isBeside(request)) return serveBeside(request, env);
    const { headers } = request;
    const origin = headers.get("origin");
    if (origin !== null) return shared(request, origin, env);
    const declared = headers.get("content-length");
    if (declared === null || Number(declared) > maxBody || ready < 0) return serve(request, origin, env);
    // Most requests: each turn of the event loop that is saved here is seen in the load.
    return request.text().then((text) => quick(request, text, Number(declared), env), unread);
  },
  // A cron trigger: what is declared to run at its times is known to its object, even if nobody has used this release yet.
  scheduled(_, env) {
    return object("state:server", env).act("arm", "");
  },
};

// The same where callers are asked who they are. `who` is one line: a principal as JSON; `!` and why its credentials are no good; or empty.
export function fetchAs(request, env, who) {
  try {
    if (ready < 0) enter(); // the first request: what there is
  } catch (error) {
    return failed(error, EMPTY);
  }
  const line = `${who}\n`;
  if (beside && isBeside(request)) return serveBeside(request, env, line);
  const { headers } = request;
  const origin = headers.get("origin");
  if (origin !== null) return shared(request, origin, env, line);
  const declared = headers.get("content-length");
  if (declared === null || Number(declared) > maxBody) return serve(request, origin, env, line);
  return request.text().then((text) => quick(request, text, Number(declared), env, line), unread);
}

// A body that was read whole, as text, which costs half of what its bytes cost. Rust compares its size with that of the bytes.
function quick(request, text, size, env, who = "") {
  try {
    const head = headOf(request, null, who);
    const signal = cross(() => rust.mcp_handle_text(kept(head), text, size, Date.now()));
    if (signal[0] === "J") return answer(signal);
    if (signal[0] === "O") return called(signal, env).catch((error) => failed(error, encoder.encode(text)));
    const body = encoder.encode(text);
    const first = signal === "" ? cross(() => rust.mcp_later()) : signal;
    return told(first, written(head), body, env).catch((error) => failed(error, body));
  } catch (error) {
    return failed(error, encoder.encode(text));
  }
}

// The place of a head in Rust. A client sends nearly the same one with all its requests: it is handed over, read and judged once. Two of them
// are compared value by value, which costs less than to look for a text that has yet to be written.
function kept(head) {
  if (last !== null && alike(last.head, head)) return last.place;
  const place = placeOf(written(head));
  last = { head, place };
  return place;
}

function placeOf(text) {
  const known = heads.get(text);
  if (known !== undefined) return known;
  if (heads.size === MOST_HEADS) heads.clear();
  const place = heads.size;
  rust.mcp_keep(place, text);
  // A long one leaves its place to the next.
  if (text.length <= LONG_HEAD) heads.set(text, place);
  return place;
}

function alike(one, other) {
  return (
    one.name === other.name &&
    one.session === other.session &&
    one.url === other.url &&
    one.who === other.who &&
    one.called === other.called &&
    one.version === other.version &&
    one.method === other.method &&
    one.host === other.host &&
    one.type === other.type &&
    one.accept === other.accept &&
    one.origin === other.origin &&
    one.mirrored === other.mirrored &&
    one.more === other.more
  );
}

// A browser's page asks. Whose page is let in may read whatever it is answered.
async function shared(request, origin, env, who) {
  const response = await serve(request, origin, env, who);
  try {
    const lines = cross(() => rust.mcp_sharing(request.headers.get("host") ?? "", origin));
    for (const [name, value] of headerLines(lines)) response.headers.append(name, value);
  } catch (error) {
    console.error(error); // the answer stands, though the page may not read it
  }
  return response;
}

async function serve(request, origin, env, who = "") {
  let body = EMPTY;
  try {
    if (ready < 0) enter(); // the first request: what the limit is
    if (request.body !== null) {
      try {
        body = await read(request);
      } catch {
        return unread();
      }
      if (body === null) return tooLarge();
    }
    const head = written(headOf(request, origin, who));
    return await told(ask(head, body), head, body, env);
  } catch (error) {
    return failed(error, body);
  }
}

// The client left in the middle: nobody reads this.
function unread() {
  return json(400, rpcError(null, -32700, "the body ended before its end"));
}

function failed(error, body) {
  console.error(error);
  return json(500, failure(body));
}

// The head of a request: who sends it, its method, where to, and the values of its headers that Rust reads; null where there is none.
function headOf({ method, url, headers }, origin, who) {
  // A request has a session, or mirrors what it says: what it does not need is not looked at, since each look is seen in the load.
  const version = headers.get("mcp-protocol-version");
  const alone = version === stateless;
  let more = null;
  if (method === "GET") more = headers.get("last-event-id");
  else if (origin !== null) more = headers.get("access-control-request-headers");
  return {
    who,
    method,
    url,
    origin,
    host: headers.get("host"),
    type: headers.get("content-type"),
    accept: headers.get("accept"),
    session: alone ? null : headers.get("mcp-session-id"),
    version,
    called: alone ? headers.get("mcp-method") : null,
    name: alone ? headers.get("mcp-name") : null,
    mirrored: alone && paramNames.length > 0 ? paramNames.map((name) => headers.get(name)).join("\n") : unmirrored,
    more,
  };
}

// The same as Rust reads it, a line each.
function written({ who, method, url, origin, host, type, accept, session, version, called, name, mirrored, more }) {
  const lines = [method, url.slice(url.indexOf("/", 8)), origin, host, type, accept, session, version, called, name];
  if (paramNames.length > 0) lines.push(mirrored);
  // One of the last two is of a GET, the other of a browser that asks before it sends.
  if (method === "GET") lines.push(more);
  else if (origin !== null) lines.push(null, more);
  return who + lines.join("\n");
}

function ask(head, body) {
  return cross(() => rust.mcp_handle(head, body, Date.now()));
}

// Does what Rust says of a request.
async function told(first, head, body, env) {
  let signal = typeof first === "string" ? first : await first;
  // A panic of somebody else may take the keys away again in between.
  for (let tries = 0; signal === "K" && tries < 3; tries++) {
    await unseal(env);
    signal = await ask(head, body);
  }
  if (signal[0] === "N") {
    const [name, request] = split(signal, 1);
    signal = await object(name, env).session(request, body);
  }
  switch (signal[0]) {
    case "O":
      return called(signal, env);
    case "T":
      return joinStream(signal, env);
    case "X":
      return followHere(Number(signal.slice(1)), body);
    case "L": {
      const [name, afterName] = split(signal, 1);
      const [last, head] = split(afterName, 0);
      return joinStream(`T${name}\n${head}`, env, event(last));
    }
    case "P": {
      const [name, who] = split(signal, 1);
      return answer(await object(name, env).post(who, body));
    }
    case "S":
      return stream(signal, env);
    case "B":
      return batch(signal, head, env);
    default:
      return answer(signal);
  }
}

function called(signal, env) {
  const [name, payload] = split(signal, 1);
  return object(name, env)
    .call(payload)
    .then((told) => (told[0] === "T" ? joinStream(told, env) : answer(told)));
}

// ---- What is no MCP: WebSockets of the agent's own and of clients that follow the state, and plain requests ----

function isBeside({ url }) {
  try {
    if (ready < 0) enter(); // the first request: what there is
  } catch (error) {
    console.error(error);
    return false;
  }
  const from = url.indexOf("/", 8);
  const query = url.indexOf("?", from);
  const path = query < 0 ? url.slice(from) : url.slice(from, query);
  if (exactPaths.has(path)) return true;
  if (plainPath === "") return false;
  return plainBegins ? path.startsWith(plainPath) && !hidden.includes(path) : path === plainPath;
}

async function serveBeside(request, env, who = "") {
  try {
    let body = EMPTY;
    if (request.body !== null) {
      try {
        body = await read(request);
      } catch {
        return text(400, "the body ended before its end"); // the client left in the middle: nobody reads this
      }
      if (body === null) return text(413, `the body is larger than ${maxBody} bytes`);
    }
    const whole = wholeHead(request);
    const asked = () => cross(() => rust.mcp_beside(who + whole, body));
    let told = await asked();
    if (told === "K") {
      await unseal(env);
      told = await asked();
    }
    if (typeof told !== "string") return plainAnswer(told);
    const [name, line] = split(told, 1);
    const at = object(name, env);
    const head = told[0] === "Y" ? line : who === "" ? whole : `${line}\n${whole}`;
    if (told[0] === "Q") return plainAnswer(await at.request(head, body));
    if (told[0] !== "C" && told[0] !== "Y") throw new Error("an answer of an unknown kind");
    const joined = await at.fetch("https://object/connect", {
      headers: { Upgrade: "websocket", "mcp-agent-connect": encodeURIComponent(head) },
    });
    return joined.webSocket ? new Response(null, { status: 101, webSocket: joined.webSocket }) : new Response(joined.body, joined);
  } catch (error) {
    console.error(error);
    return text(500, "internal error");
  }
}

// With every header: a handler may ask for any.
function wholeHead({ method, url, headers }) {
  let head = `${method}\n${url.slice(url.indexOf("/", 8))}`;
  for (const [name, value] of headers) head += `\n${name}:${value}`;
  return head;
}

// A status and headers, and the bytes of the body.
function plainAnswer([signal, body]) {
  const [status, lines] = split(signal.slice(1, -1), 0);
  return new Response(body.byteLength === 0 ? null : body, { status: Number(status), headers: headerLines(lines) });
}

function text(status, body) {
  return new Response(body, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}

// The object of this name. One of them is asked for much more often than all others, and an id takes a hash.
let everybodys;
function object(name, env) {
  if (name !== "state:server") return env.AGENT.getByName(name);
  return env.AGENT.get((everybodys ??= env.AGENT.idFromName(name)));
}

// Each message is handed in as if it had come alone, so that one that ends in a panic takes no other with it.
async function batch(signal, head, env) {
  const alone = async (body) => {
    try {
      return await told(ask(head, body), head, body, env);
    } catch (error) {
      console.error(error);
      return json(200, failure(body));
    }
  };
  const given = parts(signal).map((part) => (typeof part === "string" ? json(200, part) : alone(part)));
  const all = await Promise.all(given);
  if (all.every(({ status }) => status === 404)) return all[0]; // the session has ended
  const answers = all.filter(({ status }) => status !== 202);
  if (answers.length === 0) return all[0]; // nothing of it is answered
  const streams = (response) => response.headers.get("content-type") === STREAM_HEADERS.headers["content-type"];
  if (signal[1] !== "s" && !answers.some(streams)) {
    const texts = await Promise.all(answers.map((response) => response.text()));
    return json(200, `[${texts.join(",")}]`);
  }
  return new Response(merged(answers, streams), STREAM_HEADERS);
}

// One stream of all answers: each event as it comes.
function merged(answers, streams) {
  const readers = [];
  const pass = async (response, client) => {
    if (!streams(response)) return client.enqueue(encoder.encode(event(await response.text())));
    const reader = response.body.getReader();
    readers.push(reader);
    for (let next = await reader.read(); !next.done; next = await reader.read()) client.enqueue(next.value);
  };
  return new ReadableStream({
    async start(client) {
      // A chunk is one or several whole events, so chunks of several streams do not get into each other.
      await Promise.allSettled(answers.map((response) => pass(response, client)));
      client.close();
    },
    cancel(reason) {
      for (const reader of readers) reader.cancel(reason).catch(() => {});
    },
  });
}

// The parts of a batch: an answer that is known already is a string, a message is bytes.
function parts(signal) {
  const read = (part) => (part[0] === "a" ? part.slice(1) : encoder.encode(part.slice(1)));
  return signal.slice(3).split("\x1e").map(read);
}

// The sealing keys: the secret of the Worker's owner, or one that the keyring object made once. What names the objects of principals is
// always the keyring's: the owner may replace a secret, and nobody's state may get lost by that.
async function unseal(env) {
  const ring = env.AGENT.getByName("keyring");
  const [keys, home] = await Promise.all([env.MCP_SESSION_KEY ?? ring.keyring("sealing-key"), homes ? ring.keyring("home-key") : ""]);
  enter();
  if (sealed === instance.instanceId) return;
  if (!cross(() => rust.mcp_keys(keys, home))) throw new Error("MCP_SESSION_KEY is not 32 bytes in base64, or several of them with commas between");
  sealed = instance.instanceId;
}

// The request's body, or null when it is over the limit, of which no more is kept than the limit.
async function read(request) {
  const declared = request.headers.get("content-length");
  if (declared !== null && Number(declared) <= maxBody) return new Uint8Array(await request.arrayBuffer());
  const chunks = [];
  let size = declared === null ? 0 : Number(declared);
  const reader = request.body.getReader();
  while (size <= maxBody) {
    const { done, value } = await reader.read();
    if (done) return join(chunks, size);
    size += value.byteLength;
    chunks.push(value);
  }
  await drain(reader);
  return null;
}

function join(chunks, size) {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

// A client that is still sending when the connection closes never sees the answer. So what it sends is thrown away for a moment, until
// it ends or pauses; one that goes on and on has been warned enough.
async function drain(reader) {
  const deadline = Date.now() + DRAIN_MS;
  let left = DRAIN_BYTES;
  while (left > 0 && Date.now() < deadline) {
    let timer;
    const pause = new Promise((resolve) => (timer = setTimeout(resolve, PAUSE_MS, { done: true })));
    const { done, value } = await Promise.race([reader.read().catch(() => ({ done: true })), pause]);
    clearTimeout(timer);
    if (done) break;
    left -= value.byteLength;
  }
  reader.cancel().catch(() => {});
}

// ---- Answers ----

// No proxy may hold back or change what is on its way.
const STREAM_HEADERS = {
  headers: { "content-type": "text/event-stream", "cache-control": "no-cache, no-transform", "x-accel-buffering": "no" },
};

function answer(signal) {
  if (signal[0] === "J") return ok(signal.slice(1));
  if (signal[0] !== "R") throw new Error("an answer of an unknown kind");
  const end = signal.indexOf("\n\n");
  const [status, lines] = split(signal.slice(1, end + 1), 0);
  const body = signal.slice(end + 2);
  return new Response(body === "" ? null : body, { status: Number(status), headers: headerLines(lines) });
}

// Names and values of headers, of which each is a line.
function headerLines(lines) {
  return lines
    .split("\n")
    .slice(0, -1)
    .map((line) => split(line, 0, ":"));
}

// A header that is set afterwards costs less than headers that are handed in, and this is what most requests end with.
function ok(body) {
  const response = new Response(body);
  response.headers.set("content-type", "application/json");
  return response;
}

function json(status, body) {
  return new Response(body, { status, headers: { "content-type": "application/json" } });
}

function tooLarge() {
  return json(413, rpcError(null, -32600, `the body is larger than ${maxBody} bytes`));
}

// What a caller gets when Rust panicked: nothing of the inside, and its own id.
function failure(body) {
  let id = null;
  try {
    const message = JSON.parse(new TextDecoder().decode(body));
    // A number that JavaScript cannot hold would come back as another one.
    if (typeof message.id === "string" || Number.isSafeInteger(message.id)) id = message.id;
  } catch {
    // Not JSON: then there is no id to answer to.
  }
  return rpcError(id, -32603, "internal error");
}

function rpcError(id, code, message) {
  return JSON.stringify({ jsonrpc: "2.0", id, error: { code, message } });
}

// Splits at the first line end, or whatever `at` is, behind `from`.
function split(text, from, at = "\n") {
  const end = text.indexOf(at, from);
  return [text.slice(from, end), text.slice(end + 1)];
}

// ---- Streams: held here, joined to the object by a WebSocket that lets it hibernate ----

// A light session, which lasts as long as its stream.
async function stream(signal, env) {
  const [name, afterName] = split(signal, 1);
  const [session, first] = split(afterName, 0);
  const joined = await object(name, env).fetch("https://object/stream", {
    headers: { Upgrade: "websocket", "mcp-agent-session": session },
  });
  if (!joined.webSocket) throw new Error("the object did not join the stream");
  return follow(joined.webSocket, first);
}

// A stream that an object has: of a kept session, of a call, of changes. `last` is what a client is sent when the object ends it.
async function joinStream(signal, env, last) {
  const [name, head] = split(signal, 1);
  const joined = await object(name, env).fetch("https://object/stream", {
    headers: { Upgrade: "websocket", "mcp-agent-join": encodeURIComponent(head) },
  });
  return joined.webSocket ? follow(joined.webSocket, "", last) : new Response(joined.body, joined);
}

// The stream of a call that runs here.
function followHere(stream, body) {
  return streamed((send, close) => {
    const push = (events) => (events === null ? close() : send(events));
    const broken = (error) => {
      console.error(error);
      send(event(failure(body)));
      close();
    };
    Promise.resolve(cross(() => rust.mcp_follow(stream, push))).then(close, broken);
    return () => {
      cross(() => rust.mcp_left(stream));
      // What a handler sends off when it is told would end here, with the request of the client that left.
      waitUntil(new Promise((resolve) => setTimeout(resolve, LEAVE_MS)));
    };
  });
}

// What the object sends, as it sends it, for the client.
function follow(socket, first, last = "") {
  return streamed((send, close) => {
    const end = () => {
      send(last);
      close();
    };
    send(first);
    socket.addEventListener("message", ({ data }) => send(data));
    socket.addEventListener("close", end);
    socket.addEventListener("error", close);
    socket.accept();
    return (code, reason) => socket.close(code, reason);
  });
}

// An event stream. `begin` is given what sends events and what ends it, and gives what to do when the client is gone.
function streamed(begin) {
  let beat;
  let leave;
  let over = false; // what still comes then is for nobody
  const events = new ReadableStream({
    start(client) {
      const close = () => {
        over = true;
        clearInterval(beat);
        try {
          client.close();
        } catch {
          // The client closed it already.
        }
      };
      const send = (text) => {
        if (over || text === "") return;
        if (client.desiredSize < -MAX_UNREAD) {
          leave(1013, "the client does not read");
          return close();
        }
        client.enqueue(encoder.encode(text));
      };
      // Without it, a client that left is never noticed.
      beat = setInterval(() => send(": keepalive\n\n"), keepalive);
      leave = begin(send, close);
    },
    cancel() {
      over = true;
      clearInterval(beat);
      leave(1000, "the client left");
    },
  }, new ByteLengthQueuingStrategy({ highWaterMark: 0 }));
  return new Response(events, STREAM_HEADERS);
}

function event(message) {
  return `event: message\ndata: ${message.replaceAll(/\r\n?|\n/g, "\ndata: ")}\n\n`;
}

// ---- The object ----

// The id of a WebSocket of the agent's own, or of a client that follows the state.
function idOf(tags) {
  return tags.find((tag) => tag.startsWith("ws:"))?.slice(3);
}

export class Agent extends DurableObject {
  #core;
  #instance = -1;
  #waking;

  // A core belongs to one wasm instance, and its state is what SQLite has.
  #enter() {
    enter();
    if (this.#instance !== instance.instanceId) {
      this.#core = rust.mcp_object(this.ctx, (promise) => this.#watch(promise), this.#instance < 0 ? "" : lostBy);
      this.#instance = instance.instanceId;
    }
    return this.#core;
  }

  #cross(call) {
    const core = this.#enter();
    return cross(() => call(core));
  }

  // A call that the front routed here. Answers a signal.
  call(payload) {
    const core = this.#enter();
    const signal = cross(() => core.call(payload));
    return signal === "K" ? this.#unsealed(payload) : signal;
  }

  // A call that may go back to its client is sealed then.
  async #unsealed(payload) {
    await unseal(this.env);
    return this.#cross((core) => core.call(payload));
  }

  // A request of the kept session that this object is. Answers a signal.
  session(head, body) {
    return this.#cross((core) => core.session(head, body));
  }

  // Another object asks, or the front.
  act(verb, payload) {
    const told = this.#cross((core) => core.act(verb, payload));
    return verb === "erase" ? this.#erase(told) : told;
  }

  // Everything goes, as soon as nobody writes any more.
  async #erase(closing) {
    const told = await closing;
    await this.ctx.storage.deleteAll();
    this.#instance = -1;
    return told;
  }

  // What Rust goes on with when its answer is given. If the instance is lost meanwhile, another one goes on from what SQLite has.
  #watch(promise) {
    const wake = () => {
      this.#waking = undefined;
      this.#cross((core) => core.wake());
    };
    const done = guarded(promise).catch(() => (this.#waking ??= Promise.resolve().then(wake)));
    this.ctx.waitUntil(done.catch((error) => console.error(error)));
  }

  // What nobody comes back for goes.
  async alarm() {
    if (this.#cross((core) => core.alarm())) await this.#erase();
  }

  // A key of the Worker's own: made once, here, in base64.
  keyring(name) {
    const { kv } = this.ctx.storage;
    let key = kv.get(name);
    if (key === undefined) {
      key = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))));
      kv.put(name, key);
    }
    return key;
  }

  // A plain request whose handler needs the state. Answers a signal and a body.
  request(head, body) {
    return this.#cross((core) => core.request(head, body));
  }

  // A client wants such a WebSocket. Rust accepts it, if it does, so that nothing comes between that and what is stored.
  async #connect(head) {
    const [front, own] = Object.values(new WebSocketPair());
    const told = await this.#cross((core) => core.connect(head, own));
    return told === "A" ? new Response(null, { status: 101, webSocket: front }) : plainAnswer(told);
  }

  // Tells Rust of such a WebSocket. What was lost with the instance its client could not know: it is told by a close.
  async #tell(socket, call) {
    try {
      await this.#cross(call);
    } catch (error) {
      console.error(error);
      if (socket.readyState === WebSocket.OPEN) socket.close(1011, "internal error");
    }
  }

  // The front joins a client's stream.
  fetch(request) {
    const connect = request.headers.get("mcp-agent-connect");
    if (connect !== null) return this.#connect(decodeURIComponent(connect));
    const [front, object] = Object.values(new WebSocketPair());
    const session = request.headers.get("mcp-agent-session");
    if (session === null) {
      const signal = this.#cross((core) => core.join(decodeURIComponent(request.headers.get("mcp-agent-join") ?? "")));
      if (signal[0] !== "W") return answer(signal);
      const [stream, afterStream] = split(signal, 1);
      const [over, first] = split(afterStream, 0);
      this.ctx.acceptWebSocket(object, [`stream:${stream}`]);
      if (first !== "") object.send(first);
      if (over === "1") object.close(1000, "that was all");
    } else {
      // A light session is its socket's attachment, so it ends with the stream and nothing is left over.
      this.ctx.acceptWebSocket(object);
      object.serializeAttachment(session);
    }
    return new Response(null, { status: 101, webSocket: front });
  }

  // What the client of the stream posted; `who` is the first line of its head. Answers a signal as soon as it is accepted.
  post(who, body) {
    const socket = this.ctx.getWebSockets().find((socket) => socket.readyState === WebSocket.OPEN);
    if (socket === undefined) return `R404\ncontent-type:application/json\n\n${rpcError(null, -32001, "the stream of this session has ended")}`;
    return this.#accept(socket, who, body) ?? "R202\n\n";
  }

  // Pushes the answer when it is there, and those to a batch one by one. Returns a refusal, if it is one.
  #accept(socket, who, body) {
    const broken = (error) => {
      console.error(error);
      socket.send(event(failure(body)));
    };
    try {
      const session = socket.deserializeAttachment();
      const signal = this.#cross((core) => core.post(who, session, body));
      if (signal[0] === "R") return signal;
      if (signal[0] !== "B") {
        this.ctx.waitUntil(this.#deliver(socket, signal).catch(broken));
        return;
      }
      for (const part of parts(signal)) {
        if (typeof part === "string") {
          socket.send(event(part));
          continue;
        }
        // A refusal of one message of several is its answer.
        const refused = this.#accept(socket, who, part);
        const body = refused?.slice(refused.indexOf("\n\n") + 2);
        if (body) socket.send(event(body));
      }
    } catch (error) {
      broken(error);
    }
  }

  async #deliver(socket, promised) {
    const signal = await promised;
    switch (signal[0]) {
      case "O": {
        const [name, payload] = split(signal, 1);
        const reply = await object(name, this.env).call(payload);
        if (reply[0] !== "J") throw new Error("an answer of an unknown kind");
        return socket.send(event(reply.slice(1)));
      }
      case "M": {
        const [session, message] = split(signal, 1);
        if (session !== "") socket.serializeAttachment(session);
        if (message !== "") socket.send(event(message));
        return;
      }
      default:
        throw new Error("an answer of an unknown kind");
    }
  }

  webSocketMessage(socket, message) {
    const id = idOf(this.ctx.getTags(socket));
    if (id === undefined) return; // the front of a stream only listens
    // Rust says so too, but what is far too large need not go there.
    if ((message.length ?? message.byteLength) > maxBody) return socket.close(1009, `a message may be ${maxBody} bytes`);
    return this.#tell(socket, (core) => (typeof message === "string" ? core.text(id, message) : core.bytes(id, new Uint8Array(message))));
  }

  webSocketClose(socket, code, reason) {
    const id = idOf(this.ctx.getTags(socket));
    if (id !== undefined) return this.#closed(socket, id, code, reason);
    // 1005 and 1006 say that there was no code, and may not be sent.
    socket.close(code === 1005 || code === 1006 ? 1000 : code);
    for (const tag of this.ctx.getTags(socket)) this.#cross((core) => core.left(Number(tag.slice("stream:".length))));
  }

  webSocketError(socket, error) {
    const id = idOf(this.ctx.getTags(socket));
    if (id === undefined) return; // the close event of a stream follows
    return this.#tell(socket, (core) => core.failed(id, String(error?.message ?? error)));
  }

  async #closed(socket, id, code, reason) {
    const told = this.#tell(socket, (core) => core.closed(id, code, reason));
    try {
      // What says that there was no code may not be sent.
      if (code === 1005 || code === 1006 || code === 1015) socket.close();
      else socket.close(code, reason);
    } catch {
      // It is closed already.
    }
    await told;
  }
}
