// The load generator: one operation in flight a client, in a process of its own.
//
// Reads one JSON line a job from stdin and answers one JSON line each: { requests, begun, seconds, rps, p50, p99, cpu }: `begun` counts all, times are microseconds,
// `cpu` is the server's (user and system) an operation. A job is { kind, port, pid, connections, warmup, duration, expect } and:
// - kind "request": `requests`, the bytes of each; an operation is one of them, in turns.
// - kind "dialogue": `steps` of { bytes, status, expect }; an operation is all of them, and what initialize answered as the session goes into the others.
// - kind "stream": `open`, the path of HTTP+SSE, and `bodies`: the first opens the session, the second is sent over and over. An operation takes until
//   its answer is on the stream and its POST is answered.
// - kind "rounds": `first`, the bytes of a call that asks, and `retry`, { head, before, after } of the same with the answers: the state that the first is
//   answered goes between. An operation is both.
// - kind "sync": `path` of a shared state, and `operation`, the call that is sent over and over on a WebSocket there.

import { createInterface } from "node:readline";
import { Channel, connect } from "./channel.mjs";
import { cpu } from "./cpu.mjs";
import { Synced } from "./synced.mjs";
import { SESSION_HERE, whole } from "./wire.mjs";

const REFUSED = '"isError":true';

/** Whether a response is what the job wants; if not, the job fails. */
function wanted(failed, status, expect, head, bytes, body) {
  if (head.startsWith(`HTTP/1.1 ${status}`) && (expect === "" || bytes.indexOf(expect, body, "latin1") >= 0) && bytes.indexOf(REFUSED, body, "latin1") < 0) return true;
  failed(new Error(`not the expected answer (${status} ${expect}): ${bytes.toString("latin1", 0, 1000)}`));
  return false;
}

/** A client that sends requests. */
class Requester {
  constructor(job, done) {
    this.job = job;
    this.done = done;
    this.at = Math.floor(Math.random() * job.requests.length);
    this.channel = new Channel(job.port, (head, bytes, body) => this.answered(head, bytes, body), done);
  }

  open(ready) {
    this.channel.socket.once("connect", ready);
  }

  send() {
    this.started = performance.now();
    this.channel.socket.write(this.job.requests[this.at]);
    this.at = (this.at + 1) % this.job.requests.length;
  }

  answered(head, bytes, body) {
    if (wanted(this.done, 200, this.job.expect, head, bytes, body)) this.done(null, performance.now() - this.started, this);
  }

  destroy() {
    this.channel.socket.destroy();
  }
}

/** A client that sets up sessions, one after the other. */
class Talker {
  constructor(job, done) {
    this.job = job;
    this.done = done;
    this.channel = new Channel(job.port, (head, bytes, body) => this.answered(head, bytes, body), done);
  }

  open(ready) {
    this.channel.socket.once("connect", ready);
  }

  send() {
    this.started = performance.now();
    this.session = "";
    this.at = 0;
    this.step();
  }

  step() {
    const { before, after } = this.job.steps[this.at];
    this.channel.socket.write(after === undefined ? before : before + this.session + after);
  }

  answered(head, bytes, body) {
    const { status, expect } = this.job.steps[this.at];
    if (!wanted(this.done, status, expect, head, bytes, body)) return;
    if (this.at === 0) {
      const id = /\r\nmcp-session-id: *([^\r\n]+)/i.exec(head);
      if (id) this.session = `mcp-session-id: ${id[1]}\r\n`;
    }
    if (++this.at < this.job.steps.length) this.step();
    else this.done(null, performance.now() - this.started, this);
  }

  destroy() {
    this.channel.socket.destroy();
  }
}

const STATE = '"requestState":"';

/** A client that calls what asks, and calls it again with its answers and the state that came. */
class Rounder {
  constructor(job, done) {
    this.job = job;
    this.done = done;
    this.channel = new Channel(job.port, (head, bytes, body) => this.answered(head, bytes, body), done);
  }

  open(ready) {
    this.channel.socket.once("connect", ready);
  }

  send() {
    this.started = performance.now();
    this.asked = false;
    this.channel.socket.write(this.job.first);
  }

  answered(head, bytes, body) {
    const { retry, expect } = this.job;
    if (!wanted(this.done, 200, this.asked ? expect : STATE, head, bytes, body)) return;
    if (this.asked) return this.done(null, performance.now() - this.started, this);
    this.asked = true;
    const from = bytes.indexOf(STATE, body, "latin1") + STATE.length;
    const state = bytes.latin1Slice(from, bytes.indexOf('"', from, "latin1"));
    this.channel.socket.write(whole(retry.head, retry.before + state + retry.after));
  }

  destroy() {
    this.channel.socket.destroy();
  }
}

/** A client of HTTP+SSE: a stream, and a connection to post on. */
class Streamer {
  constructor(job, done) {
    this.job = job;
    this.done = done;
    this.waits = 0;
    this.text = "";
    this.stream = connect(job.port, (part) => this.event(part), done);
    this.channel = new Channel(job.port, (head, bytes, body) => wanted(done, 202, "", head, bytes, body) && this.step(), done);
  }

  /** Opens the stream; `ready` is called when the session is open. */
  open(ready) {
    this.ready = ready;
    this.stream.write(`GET ${this.job.open} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: text/event-stream\r\n\r\n`);
  }

  bytes(body) {
    return Buffer.from(`POST ${this.endpoint} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  send(request = this.request) {
    this.started = performance.now();
    this.waits = 2;
    this.channel.socket.write(request);
  }

  event(part) {
    this.text += part.latin1Slice();
    if (this.endpoint === undefined) {
      const found = /data: (\/[^\n]*)\n/.exec(this.text);
      if (!found) return;
      this.endpoint = found[1];
      this.text = "";
      this.request = this.bytes(this.job.bodies[1]);
      this.send(this.bytes(this.job.bodies[0]));
      return;
    }
    const start = this.text.indexOf("event: message");
    if (start < 0 || this.text.indexOf("\n\n", start) < 0) return;
    if (!this.text.includes(this.ready ? '"result"' : this.job.expect)) return this.done(new Error(`not the expected answer: ${this.text.slice(0, 1000)}`));
    this.text = "";
    this.step();
  }

  step() {
    if (--this.waits > 0) return;
    if (this.ready) {
      const ready = this.ready;
      this.ready = null;
      ready();
    } else {
      this.done(null, performance.now() - this.started, this);
    }
  }

  destroy() {
    this.stream.destroy();
    this.channel.socket.destroy();
  }
}

/** A client that shares a state, and calls. What the calls of others change comes in between, and may come after the answer too. */
class Sharer {
  constructor(job, done) {
    this.job = job;
    this.done = done;
  }

  open(ready) {
    const answered = (text) => this.#holds(text) && this.done(null, performance.now() - this.started, this);
    this.synced = new Synced(this.job.port, this.job.path, { ready, changed: (text) => this.#holds(text), answered, failed: this.done });
  }

  send() {
    this.started = performance.now();
    this.synced.call(this.job.operation);
  }

  #holds(text) {
    if (text.includes(this.job.expect)) return true;
    this.done(new Error(`not the expected frame (${this.job.expect}): ${text.slice(0, 1000)}`));
    return false;
  }

  destroy() {
    this.synced.close();
  }
}

const CLIENTS = { request: Requester, dialogue: Talker, stream: Streamer, rounds: Rounder, sync: Sharer };

// A server that is so slow that it answers fewer operations in its time gets more time, in milliseconds.
const LEAST = 8;
const OVERTIME = 15_000;

function prepare(job) {
  if (job.requests) job.requests = job.requests.map((text) => Buffer.from(text, "latin1"));
  for (const step of job.steps ?? []) [step.before, step.after] = step.bytes.split(SESSION_HERE);
}

function measure(job) {
  prepare(job);
  return new Promise((resolve, reject) => {
    let times = new Float64Array(1 << 16);
    let count = 0;
    let begun = 0;
    let phase = "warmup";
    let overtime = false;
    let startedAt, startedCpu;
    const clients = [];
    const finish = (error) => {
      if (phase === "over") return;
      const seconds = (performance.now() - startedAt) / 1000;
      const spent = error ? 0 : cpu(job.pid) - startedCpu;
      phase = "over";
      for (const client of clients) client.destroy();
      if (error) return reject(error);
      const sorted = times.subarray(0, count).sort();
      const at = (q) => Math.round(sorted[Math.min(count - 1, Math.floor(count * q))] * 1000);
      resolve({ requests: count, begun, seconds, rps: count / seconds, p50: at(0.5), p99: at(0.99), cpu: spent / count });
    };
    const done = (error, took, client) => {
      if (phase === "over") return;
      if (error) return finish(error);
      if (phase === "measure") {
        if (count === times.length) {
          const more = new Float64Array(times.length * 2);
          more.set(times);
          times = more;
        }
        times[count++] = took;
        if (overtime && count >= LEAST) return finish();
      }
      begun++;
      client.send();
    };
    for (let i = 0; i < job.connections; i++) {
      const client = new CLIENTS[job.kind](job, done);
      clients.push(client);
      client.open(() => {
        begun++;
        client.send();
      });
    }
    setTimeout(() => {
      if (phase === "over") return;
      phase = "measure";
      startedAt = performance.now();
      startedCpu = cpu(job.pid);
      setTimeout(() => {
        if (count >= LEAST) return finish();
        overtime = true;
        setTimeout(() => finish(count ? undefined : new Error("no request was answered")), OVERTIME);
      }, job.duration * 1000);
    }, job.warmup * 1000);
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  try {
    console.log(JSON.stringify(await measure(JSON.parse(line))));
  } catch (error) {
    console.log(JSON.stringify({ error: error.message }));
  }
}
