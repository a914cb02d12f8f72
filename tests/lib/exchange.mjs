// Requests that are answered in pieces: on the way, the server asks, reports and logs. The same by hand on both legacy transports, with connections that
// are cut and streams that are resumed. Every message is validated.

import assert from "node:assert/strict";
import { newId, Session, SseSession } from "./mcp.mjs";
import { validateMessage } from "./schema.mjs";
import { openStream } from "./sse.mjs";

/** What a client of these tests can do, unless it says otherwise. */
export const CAPABILITIES = { elicitation: { form: {}, url: {} }, sampling: {}, roots: { listChanged: true } };

const ACCEPT = "text/event-stream";

/** The messages of one event stream in their order, and the id under which the last one came. */
export class Messages {
  /** `methodOf` knows the requests to which responses may come; `lastId` is that of the message before, if there was one. */
  constructor(version, events, methodOf, lastId) {
    Object.assign(this, { version, events, methodOf, lastId, retry: undefined, primed: undefined });
  }

  /** The next message. What is none, such as the event that only names an id, is noted and passed over. */
  async next(ms = 10_000) {
    for (;;) {
      const item = await this.events.next(undefined, ms);
      if (item.id !== undefined) this.lastId = item.id;
      if (item.retry !== undefined) this.retry = Number(item.retry);
      if (item.data === "") {
        this.primed = item;
        continue;
      }
      assert.equal(item.event, "message", JSON.stringify(item));
      const message = JSON.parse(item.data);
      validateMessage(this.version, message, this.methodOf);
      return message;
    }
  }

  /** Everything up to the end of the stream, which the server closes within `ms`. */
  async rest(ms = 10_000) {
    const messages = [];
    for (;;) {
      const message = await this.next(ms).catch((error) => {
        if (this.events.ended) return undefined;
        throw error;
      });
      if (message === undefined) return messages;
      messages.push(message);
    }
  }

  close() {
    this.events.close();
  }
}

/** One request, from whose stream messages are read. Made by `begin` of a peer. */
class Exchange {
  constructor(peer, id, messages) {
    Object.assign(this, { peer, id, messages });
  }

  get lastId() {
    return this.messages.lastId;
  }

  next(ms) {
    return this.messages.next(ms);
  }

  /** The next message, which must have this method. */
  async expect(method, ms) {
    const message = await this.next(ms);
    assert.equal(message.method, method, JSON.stringify(message));
    return message;
  }

  /** Reads on to the first message with this method. */
  async until(method, ms) {
    for (;;) {
      const message = await this.next(ms);
      if (message.method === method) return message;
      assert.ok(message.method, `the answer came before any ${method}: ${JSON.stringify(message)}`);
    }
  }

  /** Reads on to the response: `{ before, answer }`, `before` being the messages that came first. */
  async finish(ms) {
    const before = [];
    for (;;) {
      const message = await this.next(ms);
      if (message.method === undefined) {
        assert.equal(message.id, this.id, JSON.stringify(message));
        return { before, answer: message };
      }
      before.push(message);
    }
  }

  /** The text of the tool's result, which is no error. */
  async text(ms) {
    const { answer } = await this.finish(ms);
    assert.ok(answer.result, JSON.stringify(answer));
    assert.equal(answer.result.isError ?? false, false, JSON.stringify(answer));
    return answer.result.content[0].text;
  }

  /** The connection is dropped, with what came and was not read. */
  cut() {
    this.messages.close();
  }

  /** Comes back with the id of the last message that was read. */
  async resume() {
    assert.ok(this.lastId, "nothing came with an id: there is nothing to resume from");
    this.messages = await this.peer.resumed(this.lastId);
    return this;
  }

  answer(request, result) {
    return this.peer.answer(request, result);
  }
}

/** What both transports have in common. */
class Peer {
  methods = new Map();

  get version() {
    return this.session.version;
  }

  set port(port) {
    this.session.port = port;
  }

  get port() {
    return this.session.port;
  }

  methodOf = (id) => this.methods.get(id);

  message(method, params) {
    const message = { jsonrpc: "2.0", id: newId(), method, ...(params === undefined ? {} : { params }) };
    this.methods.set(message.id, method);
    return message;
  }

  /** Calls a tool. With `progress`, that is the call's progress token. */
  call(name, args = {}, { progress } = {}) {
    const meta = progress === undefined ? {} : { _meta: { progressToken: progress } };
    return this.begin("tools/call", { name, arguments: args, ...meta });
  }

  async notify(method, params) {
    const response = await this.session.post({ jsonrpc: "2.0", method, params });
    assert.equal(response.status, 202, response.text);
  }

  /** Answers a request of the server with a result, or with an error. */
  async answer(request, result) {
    const response = await this.session.post({ jsonrpc: "2.0", id: request.id, ...(result.error ? result : { result }) });
    assert.equal(response.status, 202, response.text);
    assert.equal(response.text, "");
  }

  accept(request, content) {
    return this.answer(request, { action: "accept", ...(content === undefined ? {} : { content }) });
  }
}

/** A client of Streamable HTTP: each call has a stream of its own. */
export class StreamablePeer extends Peer {
  static transport = "Streamable HTTP";

  static async open(port, { version = "2025-11-25", capabilities = CAPABILITIES, path } = {}) {
    const peer = new StreamablePeer();
    peer.session = await Session.open(port, version, { capabilities, ...(path ? { path } : {}) });
    return peer;
  }

  async post(message, headers = {}) {
    const { port, path, headers: own } = this.session;
    return openStream(port, { method: "POST", path, headers: { ...own, ...headers }, body: JSON.stringify(message) });
  }

  async begin(method, params) {
    const message = this.message(method, params);
    const events = await this.post(message);
    assert.equal(events.status, 200);
    assert.match(events.headers["content-type"], /^text\/event-stream/, "the answer is no stream");
    return new Exchange(this, message.id, new Messages(this.version, events, this.methodOf));
  }

  async request(method, params) {
    return (await this.session.send(method, params)).message;
  }

  /** GET, as it is answered. */
  get(lastId) {
    const { "content-type": _, ...headers } = this.session.headers;
    const resume = lastId === undefined ? {} : { "last-event-id": lastId };
    return openStream(this.session.port, { path: this.session.path, headers: { ...headers, accept: ACCEPT, ...resume } });
  }

  /** A stream of its own for what no request asked for. */
  async listen(lastId) {
    const events = await this.get(lastId);
    assert.equal(events.status, 200, `GET ${lastId ?? ""}`);
    assert.match(events.headers["content-type"], /^text\/event-stream/);
    return new Messages(this.version, events, this.methodOf, lastId);
  }

  resumed(lastId) {
    return this.listen(lastId);
  }

  end() {
    return this.session.end();
  }

  close() {}
}

/** A client of HTTP+SSE: one stream for everything. One exchange at a time. */
export class SsePeer extends Peer {
  static transport = "HTTP+SSE";

  static async open(port, { version = "2025-11-25", capabilities = CAPABILITIES, path = "/sse" } = {}) {
    const peer = new SsePeer();
    peer.session = await SseSession.open(port, { version, capabilities, path });
    peer.path = path;
    peer.messages = new Messages(peer.version, peer.session.stream, peer.methodOf);
    assert.deepEqual((await peer.request("ping")).result, {}); // from here on there is an id to come back with
    return peer;
  }

  async begin(method, params) {
    const message = this.message(method, params);
    const response = await this.session.post(message);
    assert.equal(response.status, 202, response.text);
    return new Exchange(this, message.id, this.messages);
  }

  async request(method, params) {
    const exchange = await this.begin(method, params);
    const { before, answer } = await exchange.finish();
    assert.deepEqual(before, []);
    return answer;
  }

  /** GET on the stream's path, as it is answered. */
  get(lastId) {
    return openStream(this.session.port, { path: this.path, headers: { "last-event-id": lastId } });
  }

  async resumed(lastId) {
    const events = await this.get(lastId);
    assert.equal(events.status, 200, `GET ${lastId}`);
    const first = await events.next();
    assert.equal(first.event, "endpoint", JSON.stringify(first));
    assert.equal(first.data, this.session.endpoint, "another session was opened");
    this.session.stream = events;
    this.messages = new Messages(this.version, events, this.methodOf, lastId);
    return this.messages;
  }

  close() {
    this.session.close();
  }
}

export const PEERS = [StreamablePeer, SsePeer];
