// How long it takes until all who listen have heard of one change.

import { modernRequest } from "../lib/mcp.mjs";
import { within } from "../lib/wait.mjs";
import { Channel, connect } from "./channel.mjs";
import { median } from "./rates.mjs";
import { start } from "./servers.mjs";
import { post } from "./wire.mjs";

const ACKNOWLEDGED = "notifications/subscriptions/acknowledged";
const UPDATED = "notifications/resources/updated";
const EVENT_END = "\n\n";
// Milliseconds. A connection that nothing is sent on for five seconds is closed by workerd.
const OPENS = 20_000;
const HEARS = 4_000;

const bytes = (port, method, params) => {
  const { path, headers, message } = modernRequest(method, params);
  return post(port, { path, headers, body: JSON.stringify(message) });
};

/** The stream of one who listens. `hears` is called for each event of a change; `acknowledged` is when the first has come. */
class Listener {
  #text = "";
  #opened;

  constructor(port, uri, hears, failed) {
    Object.assign(this, { uri, hears, failed, heard: 0 });
    this.acknowledged = within(OPENS, "a listener is acknowledged", new Promise((resolve) => (this.#opened = resolve)));
    this.socket = connect(port, (part) => this.#read(part), failed);
    this.socket.write(bytes(port, "subscriptions/listen", { notifications: { resourceSubscriptions: [uri] } }));
  }

  #read(part) {
    this.#text += part.latin1Slice();
    const end = this.#text.lastIndexOf(EVENT_END);
    if (end < 0) return;
    for (const event of this.#text.slice(0, end).split(EVENT_END)) this.#event(event);
    this.#text = this.#text.slice(end);
  }

  #event(event) {
    if (!event.includes("data:")) return; // A comment that says that the stream is alive.
    const wanted = this.#opened ? ACKNOWLEDGED : UPDATED;
    if (!event.includes(wanted) || !event.includes(this.uri)) return this.failed(new Error(`not the expected event (${wanted}): ${event.slice(-1000)}`));
    if (!this.#opened) return this.hears(++this.heard);
    this.#opened();
    this.#opened = null;
  }
}

/** One who changes what the others listen to, and all of them. */
class Audience {
  #failed;
  #failure = new Promise((_, reject) => (this.#failed = reject));
  #changes = 0;
  #left = 0;
  #over;
  #last;

  constructor(port, { operation: { method, params }, expect, uri }) {
    Object.assign(this, { port, uri, expect, listeners: [] });
    this.#failure.catch(() => {}); // Whoever waits for something hears of it.
    this.write = bytes(port, method, params);
  }

  async open(count) {
    for (let i = 0; i < count; i++) this.listeners.push(new Listener(this.port, this.uri, (heard) => this.#heard(heard), this.#failed));
    await this.#safely(Promise.all(this.listeners.map(({ acknowledged }) => acknowledged)));
    this.channel = new Channel(this.port, (head, bytes, body) => this.#answered(head, bytes, body), this.#failed);
  }

  /** One change: how long until all have heard of it, and until whoever made it was answered, in milliseconds. */
  async change() {
    this.#changes++;
    this.#left = this.listeners.length + 1;
    const over = new Promise((resolve) => (this.#over = resolve));
    const started = performance.now();
    this.channel.socket.write(this.write);
    await this.#safely(within(HEARS, "all have heard of a change", over));
    return { heard: this.#last - started, answered: this.answered - started };
  }

  #safely(promise) {
    return Promise.race([promise, this.#failure]);
  }

  #heard(count) {
    if (count !== this.#changes) return this.#failed(new Error(`${count} events came of ${this.#changes} changes`));
    this.#last = performance.now();
    this.#one();
  }

  #answered(head, bytes, body) {
    if (!head.startsWith("HTTP/1.1 200") || bytes.indexOf(this.expect, body, "latin1") < 0) {
      return this.#failed(new Error(`not the expected answer: ${bytes.toString("latin1", 0, 1000)}`));
    }
    this.answered = performance.now();
    this.#one();
  }

  #one() {
    if (--this.#left === 0) this.#over();
  }

  close() {
    this.#failed = () => {}; // What is closed now is closed by us.
    this.channel?.socket.destroy();
    for (const { socket } of this.listeners) socket.destroy();
  }
}

const WARM_UP = 10;

/** Medians of so many changes of what so many listen to. */
export async function fanOut(name, made, row) {
  const { listeners, changes } = row;
  const server = await start(name, made);
  const audience = new Audience(server.port, row);
  try {
    await audience.open(listeners);
    for (let i = 0; i < WARM_UP; i++) await audience.change();
    const all = [];
    const started = performance.now();
    for (let i = 0; i < changes; i++) all.push(await audience.change());
    const pace = (changes * 1000) / (performance.now() - started);
    const heard = all.map((change) => change.heard);
    return { value: median(heard), answered: median(all.map((change) => change.answered)), pace, slowest: Math.max(...heard) };
  } catch (error) {
    throw new Error(`${name}: ${error.message}\n${server.stderr().slice(-2000)}`);
  } finally {
    audience.close();
    await server.stop();
  }
}
