// The load generator: HTTP/1.1 over bare sockets, one request in flight a connection, in a process of its own.
// `node:http` costs more processor time a request than the servers that are measured; this costs a tenth of it.
//
// Reads one JSON line a job from stdin: { port, pid, connections, warmup, duration, requests: [bytes…], expect }, answers one JSON line each:
// { requests, seconds, rps, p50, p99, cpu }: microseconds, `cpu` being the server's (user and system) a request.
// With `stream` (the path of HTTP+SSE) a job's `requests` are bodies: the first opens the session, the second is sent over and over, and a request takes until its
// answer is on the stream and its POST is answered.

import { readdirSync, readFileSync } from "node:fs";
import net from "node:net";
import { createInterface } from "node:readline";

/** Processor time of a process so far, in microseconds: what the scheduler counted for each of its threads. */
function cpu(pid) {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "latin1").split(" ")[0]);
    } catch (error) {
      if (error.code !== "ENOENT" && error.code !== "ESRCH") throw error; // A thread that has just ended.
    }
  }
  return nanoseconds / 1000;
}

const HEAD_END = Buffer.from("\r\n\r\n");
const LENGTH = /\r\ncontent-length: *(\d+)/i;
const CHUNKED = /\r\ntransfer-encoding: *chunked/i;

class Connection {
  constructor(job, done) {
    this.job = job;
    this.done = done;
    this.at = Math.floor(Math.random() * job.requests.length);
    this.buffer = null;
    this.socket = net.connect({
      port: job.port,
      host: "127.0.0.1",
      noDelay: true,
      onread: { buffer: Buffer.allocUnsafe(256 * 1024), callback: (size, buffer) => this.read(buffer.subarray(0, size)) },
    });
    this.socket.on("error", (error) => done(error));
    this.socket.on("close", () => done(new Error("the server closed the connection")));
  }

  send() {
    this.started = performance.now();
    this.socket.write(this.job.requests[this.at]);
    this.at = (this.at + 1) % this.job.requests.length;
  }

  read(part) {
    // Nearly always a response is one read, and is parsed where it lies.
    const bytes = this.buffer ? Buffer.concat([this.buffer, part]) : part;
    const split = bytes.indexOf(HEAD_END);
    if (split < 0) return this.keep(bytes);
    const head = bytes.latin1Slice(0, split);
    const length = LENGTH.exec(head);
    let end;
    if (length) {
      end = split + 4 + Number(length[1]);
      if (bytes.length < end) return this.keep(bytes);
    } else if (CHUNKED.test(head)) {
      if (bytes.indexOf("\r\n0\r\n\r\n", split + 2, "latin1") < 0) return this.keep(bytes);
      end = bytes.length;
    } else {
      return this.done(new Error(`a response without a length: ${head}`));
    }
    this.buffer = null;
    if (!head.startsWith("HTTP/1.1 200") || bytes.indexOf(this.job.expect, split, "latin1") < 0 || bytes.length !== end) {
      return this.done(new Error(`not the expected answer (${this.job.expect}): ${bytes.latin1Slice(0, 1000)}`));
    }
    this.done(null, performance.now() - this.started, this);
    return true;
  }

  /** Connects; `ready` is called when requests can be sent. */
  open(ready) {
    this.socket.once("connect", ready);
  }

  destroy() {
    this.socket.destroy();
  }

  keep(bytes) {
    this.buffer = Buffer.from(bytes);
    return true;
  }
}

/** A client of HTTP+SSE: a stream, and a connection to post on. */
class StreamClient {
  constructor(job, done) {
    this.job = job;
    this.done = done;
    this.waits = 0;
    this.text = "";
    const onread = (read) => ({ buffer: Buffer.allocUnsafe(256 * 1024), callback: (size, buffer) => read.call(this, buffer.subarray(0, size)) });
    this.stream = net.connect({ port: job.port, host: "127.0.0.1", noDelay: true, onread: onread(this.event) });
    this.socket = net.connect({ port: job.port, host: "127.0.0.1", noDelay: true, onread: onread(this.accepted) });
    for (const socket of [this.stream, this.socket]) {
      socket.on("error", (error) => done(error));
      socket.on("close", () => done(new Error("the server closed the connection")));
    }
  }

  /** Opens the stream; `ready` is called when the session is open. */
  open(ready) {
    this.ready = ready;
    this.stream.write(`GET ${this.job.stream} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: text/event-stream\r\n\r\n`);
  }

  bytes(body) {
    return Buffer.from(`POST ${this.endpoint} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  send(request = this.request) {
    this.started = performance.now();
    this.waits = 2;
    this.socket.write(request);
  }

  event(part) {
    this.text += part.latin1Slice();
    if (this.endpoint === undefined) {
      const found = /data: (\/[^\n]*)\n/.exec(this.text);
      if (!found) return true;
      this.endpoint = found[1];
      this.text = "";
      this.request = this.bytes(this.job.requests[1]);
      this.send(this.bytes(this.job.requests[0]));
      return true;
    }
    const end = this.text.indexOf("\n\n", this.text.indexOf("event: message"));
    if (end < 0 || !this.text.includes("event: message")) return true;
    if (!this.text.includes(this.ready ? '"result"' : this.job.expect)) return this.done(new Error(`not the expected answer: ${this.text.slice(0, 1000)}`));
    this.text = "";
    return this.step();
  }

  accepted(part) {
    const head = part.latin1Slice();
    if (!head.startsWith("HTTP/1.1 202")) return this.done(new Error(`not accepted: ${head.slice(0, 1000)}`));
    return this.step();
  }

  step() {
    if (--this.waits > 0) return true;
    if (this.ready) {
      const ready = this.ready;
      this.ready = null;
      ready();
    } else {
      this.done(null, performance.now() - this.started, this);
    }
    return true;
  }

  destroy() {
    this.stream.destroy();
    this.socket.destroy();
  }
}

function measure(job) {
  if (!job.stream) job.requests = job.requests.map((text) => Buffer.from(text, "latin1"));
  return new Promise((resolve, reject) => {
    let times = new Float64Array(1 << 16);
    let count = 0;
    let phase = "warmup";
    let startedAt, startedCpu;
    const connections = [];
    const finish = (error) => {
      if (phase === "over") return;
      const seconds = (performance.now() - startedAt) / 1000;
      const spent = cpu(job.pid) - startedCpu;
      phase = "over";
      for (const connection of connections) connection.destroy();
      if (error) return reject(error);
      const sorted = times.subarray(0, count).sort();
      const at = (q) => Math.round(sorted[Math.min(count - 1, Math.floor(count * q))] * 1000);
      resolve({ requests: count, seconds, rps: count / seconds, p50: at(0.5), p99: at(0.99), cpu: spent / count });
    };
    const done = (error, took, connection) => {
      if (phase === "over") return;
      if (error) return finish(error);
      if (phase === "measure") {
        if (count === times.length) {
          const more = new Float64Array(times.length * 2);
          more.set(times);
          times = more;
        }
        times[count++] = took;
      }
      connection.send();
    };
    for (let i = 0; i < job.connections; i++) {
      const connection = new (job.stream ? StreamClient : Connection)(job, done);
      connections.push(connection);
      connection.open(() => connection.send());
    }
    setTimeout(() => {
      if (phase === "over") return;
      phase = "measure";
      startedAt = performance.now();
      startedCpu = cpu(job.pid);
      setTimeout(() => (count ? finish() : finish(new Error("no request was answered"))), job.duration * 1000);
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
