// How long it takes until all who share a state have what one of them changed.

import { modernRequest } from "../lib/mcp.mjs";
import { within } from "../lib/wait.mjs";
import { Channel } from "./channel.mjs";
import { median } from "./rates.mjs";
import { start } from "./servers.mjs";
import { Synced } from "./synced.mjs";
import { post } from "./wire.mjs";

// Milliseconds.
const OPENS = 20_000;
const HEARS = 4_000;

/** All who share the state, and one who changes it: the first of them, or a client of MCP. */
class Company {
  #failed;
  #failure = new Promise((_, reject) => (this.#failed = reject));
  #changes = 0;
  #left = 0;
  #wanted;
  #over;
  #last;

  constructor(port, row) {
    Object.assign(this, { port, row, members: [] });
    this.#failure.catch(() => {}); // Whoever waits for something hears of it.
    this.#expect(0);
  }

  /** Each change adds one, so the count says of how many changes a frame tells. In MCP's text it is quoted. */
  #expect(changes) {
    this.#changes = changes;
    this.#wanted = new RegExp(`"count\\\\?":${changes}\\b`);
  }

  #holds(text) {
    if (this.#wanted.test(text)) return true;
    this.#failed(new Error(`not what ${this.#changes} changes make: ${text.slice(0, 1000)}`));
    return false;
  }

  async open(count) {
    await this.#safely(within(OPENS, "all have the state", Promise.all(Array.from({ length: count }, () => this.#member()))));
    if (this.row.over === "mcp") this.#client();
  }

  #member() {
    return new Promise((resolve) => {
      let heard = 0;
      this.members.push(new Synced(this.port, this.row.path, {
        ready: (text) => this.#holds(text) && resolve(),
        changed: (text) => this.#heard(text, ++heard),
        answered: (text) => this.#answered(text),
        failed: this.#failed,
      }));
    });
  }

  #client() {
    const { method, args: [given] } = this.row.operation;
    const { path, headers, message } = modernRequest("tools/call", { name: method, arguments: given });
    this.write = post(this.port, { path, headers, body: JSON.stringify(message) });
    this.channel = new Channel(this.port, (head, bytes, body) => this.#answered(head.startsWith("HTTP/1.1 200") ? bytes.toString("latin1", body) : head), this.#failed);
  }

  /** One change: how long until all have it, and until whoever made it was answered, in milliseconds. */
  async change() {
    this.#expect(this.#changes + 1);
    this.#left = this.members.length + 1;
    const over = new Promise((resolve) => (this.#over = resolve));
    const started = performance.now();
    if (this.channel) this.channel.socket.write(this.write);
    else this.members[0].call(this.row.operation);
    await this.#safely(within(HEARS, "all have a change", over));
    return { heard: this.#last - started, answered: this.answered - started };
  }

  #safely(promise) {
    return Promise.race([promise, this.#failure]);
  }

  #heard(text, count) {
    if (count !== this.#changes) return this.#failed(new Error(`${count} states came of ${this.#changes} changes`));
    if (!this.#holds(text)) return;
    this.#last = performance.now();
    this.#one();
  }

  #answered(text) {
    if (!this.#holds(text)) return;
    this.answered = performance.now();
    this.#one();
  }

  #one() {
    if (--this.#left === 0) this.#over();
  }

  close() {
    this.#failed = () => {}; // What is closed now is closed by us.
    this.channel?.socket.destroy();
    for (const member of this.members) member.close();
  }
}

const WARM_UP = 10;

/** Medians of so many changes of what so many share. */
export async function broadcast(name, made, row) {
  const server = await start(name, made);
  const company = new Company(server.port, row);
  try {
    await company.open(row.listeners);
    for (let i = 0; i < WARM_UP; i++) await company.change();
    const all = [];
    const started = performance.now();
    for (let i = 0; i < row.changes; i++) all.push(await company.change());
    const pace = (row.changes * 1000) / (performance.now() - started);
    const heard = all.map((change) => change.heard);
    return { value: median(heard), answered: median(all.map((change) => change.answered)), pace, slowest: Math.max(...heard) };
  } catch (error) {
    throw new Error(`${name}: ${error.message}\n${server.stderr().slice(-2000)}`);
  } finally {
    company.close();
    await server.stop();
  }
}
