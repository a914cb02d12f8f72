// A client of 2026-07-28 by hand, for calls that ask: each request stands for itself, and what is known of a call between two of them is in its
// `requestState`. Every message is validated.

import assert from "node:assert/strict";
import { CAPABILITIES, Messages } from "./exchange.mjs";
import { request } from "./http.mjs";
import { MODERN, modernRequest } from "./mcp.mjs";
import { validateMessage } from "./schema.mjs";
import { openStream } from "./sse.mjs";

const META = "io.modelcontextprotocol/";

/** Members of `_meta`. */
export const meta = {
  able: (capabilities) => ({ [`${META}clientCapabilities`]: capabilities }),
  logs: (level) => ({ [`${META}logLevel`]: level }),
  progress: (token) => ({ progressToken: token }),
};

/** The parts of a request. `more` is further members of `params`, `_meta` among them; what a client can do is all, unless that says otherwise. */
export function roundRequest(method, params, { _meta = {}, ...more } = {}, options) {
  const parts = modernRequest(method, { ...params, ...more }, options);
  Object.assign(parts.message.params._meta, meta.able(CAPABILITIES), _meta);
  return parts;
}

/**
 * Sends one and reads the answer to its end: `{ status, type, said, answer }`. `said` is the notifications before the response; `type` is `json` or `stream`.
 */
export async function send(port, method, params, more, options = {}) {
  const { path, headers, message } = roundRequest(method, params, more, options);
  const response = await request(port, { path, headers: { ...headers, ...options.headers }, body: JSON.stringify(message) }, options.limit);
  const streamed = /^text\/event-stream/.test(response.headers["content-type"] ?? "");
  const all = streamed ? events(response.text) : [response.json];
  for (const one of all) validateMessage(MODERN, one, (id) => (id === message.id ? method : undefined));
  const answer = all.pop();
  assert.equal(answer?.id, message.id, `the response comes last: ${response.text}`);
  return { status: response.status, type: streamed ? "stream" : "json", said: all, answer };
}

/** Sends one whose answer is a stream, and leaves it open: `{ id, stream, messages }`. */
export async function open(port, method, params, more, options = {}) {
  const { path, headers, message } = roundRequest(method, params, more, options);
  const stream = await openStream(port, { method: "POST", path, headers: { ...headers, ...options.headers }, body: JSON.stringify(message) }, options.limit);
  assert.equal(stream.status, 200);
  assert.match(stream.headers["content-type"], /^text\/event-stream/, "the answer is no stream");
  return { id: message.id, stream, messages: new Messages(MODERN, stream, (id) => (id === message.id ? method : undefined)) };
}

function events(text) {
  const data = (block) => block.split("\n").filter((line) => line.startsWith("data:")).map((line) => line.slice(5).trimStart()).join("\n");
  return text.split("\n\n").map(data).filter((data) => data !== "").map((data) => JSON.parse(data));
}

/** A call in rounds. `ask()` sends it, first and again; `result` is the last answer's. */
export class Rounds {
  constructor(port, method, params) {
    Object.assign(this, { port, method, params, result: undefined });
  }

  static tool(port, name, args = {}) {
    return new Rounds(port, "tools/call", { name, arguments: args });
  }

  /** What the last answer asks for. */
  get asked() {
    assert.equal(this.result?.resultType, "input_required", JSON.stringify(this.result));
    return this.result.inputRequests;
  }

  get state() {
    assert.equal(typeof this.result?.requestState, "string", JSON.stringify(this.result));
    return this.result.requestState;
  }

  /** One round with these answers, and `more` members: all of what came. */
  async send(answers, more = {}, options) {
    const given = this.result === undefined ? {} : { requestState: this.state };
    const round = await send(this.port, this.method, this.params, { ...given, ...(answers && { inputResponses: answers }), ...more }, options);
    return round;
  }

  /** The same; goes on from there, unless it is refused. */
  async ask(answers, more, options) {
    const round = await this.send(answers, more, options);
    assert.ok(round.answer.result, JSON.stringify(round.answer));
    this.result = round.answer.result;
    return round;
  }

  /** Answers by `answer(request, key)` until nothing is asked: the text of the result. */
  async finish(answer, more) {
    if (this.result === undefined) await this.ask(undefined, more);
    for (let rounds = 0; this.result.resultType === "input_required"; rounds++) {
      assert.ok(rounds < 20, "it asks and asks");
      await this.ask(Object.fromEntries(Object.entries(this.asked).map(([key, request]) => [key, answer(request, key)])), more);
    }
    return this.result;
  }
}

/** Opens `subscriptions/listen` and reads its acknowledgement: `{ id, stream, messages, honoured }`. */
export async function listen(port, filter, options) {
  const listening = await open(port, "subscriptions/listen", { notifications: filter }, {}, options);
  const first = await listening.messages.next();
  assert.equal(first.method, "notifications/subscriptions/acknowledged", JSON.stringify(first));
  assert.deepEqual(subscription(first), listening.id);
  return { ...listening, honoured: first.params.notifications };
}

/** Which subscription a message is of. */
export const subscription = (message) => (message.params ?? message.result)._meta[`${META}subscriptionId`];
