// A state outlives everything: SIGKILL in the middle of a load, sessions that nobody comes back to, and a panic under open streams.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { PEERS, SsePeer, StreamablePeer } from "../lib/exchange.mjs";
import { request } from "../lib/http.mjs";
import { message, modern, modernRequest, Session, text } from "../lib/mcp.mjs";
import { listen } from "../lib/rounds.mjs";
import { rows } from "../lib/rows.mjs";
import { agent } from "../lib/tools.mjs";
import { eventually } from "../lib/wait.mjs";
import { startWorker } from "../lib/workerd.mjs";

test("10,000 increments over 8 connections, and five SIGKILLs on the way: what was acknowledged is there, and nothing that was not sent", { timeout: 300_000 }, async () => {
  const ALL = 10_000;
  const KILLS = [1_000, 3_000, 5_000, 7_000, 9_000];
  let worker = await startWorker(agent("counter"), { name: "increments" });
  const value = async () => (await modern(worker.port, "tools/call", { name: "value", arguments: {} })).message.result.structuredContent.counter;
  const start = await value();
  let [sent, acknowledged, lost] = [0, 0, 0];
  let up = Promise.resolve();
  const add = async () => {
    const { headers, message: body } = modernRequest("tools/call", { name: "add", arguments: { a: 1 } });
    try {
      const response = await request(worker.port, { headers, body: JSON.stringify(body) });
      const answer = message(response);
      if (answer.result && !answer.result.isError) acknowledged++;
      else lost++;
    } catch {
      lost++;
    }
  };
  const client = async () => {
    while (sent < ALL) {
      await up;
      sent++;
      await add();
    }
  };
  const killer = async () => {
    for (const at of KILLS) {
      while (sent < at) await sleep(1);
      const dead = worker.kill();
      up = dead.then(() => worker.restart()).then((next) => (worker = next));
      await up;
    }
  };
  try {
    await Promise.all([killer(), ...Array.from({ length: 8 }, client)]);
    assert.equal(acknowledged + lost, ALL);
    assert.ok(lost > 0, "every kill came between two calls: nothing was tested");
    const counted = (await value()) - start;
    assert.ok(counted >= acknowledged, `${acknowledged} were acknowledged, ${counted} are there`);
    assert.ok(counted <= acknowledged + lost, `${counted} are there, of ${acknowledged} and ${lost} that nobody knows of`);
  } finally {
    await worker.kill();
  }
});

test("a thousand sessions that nobody comes back to leave no rows when their time is over", { timeout: 300_000 }, async () => {
  const worker = await startWorker(agent("session"), { name: "abandoned" });
  try {
    let left = 1_000;
    const some = async () => {
      while (left-- > 0) {
        const session = await Session.open(worker.port);
        await session.call("bump");
        // Some have streams and answers that wait for them too.
        if (left % 5 === 0) await session.post({ jsonrpc: "2.0", id: 1, method: "resources/subscribe", params: { uri: "session://count" } });
      }
    };
    await Promise.all(Array.from({ length: 16 }, some));
    // A session is over after a minute, and sweeps itself when the machine comes to it.
    await sleep(65_000);
    await eventually(120_000, "no row is left", () => rows(worker.storage).length === 0, 5_000);
    await worker.kill();
    assert.deepEqual(rows(worker.storage).slice(0, 5), []);
  } finally {
    await worker.kill();
  }
});

const TOTAL = "hotel://total";
const UPDATED = "notifications/resources/updated";

/** A client with a stream that hears of a resource: of a session over either transport, or of 2026-07-28. */
class Hearer {
  static async open(kind, port) {
    const hearer = Object.assign(new Hearer(), { kind, port });
    if (kind === "listen") {
      await hearer.again();
    } else {
      hearer.peer = await kind.open(port);
      await hearer.peer.request("resources/subscribe", { uri: TOTAL });
      hearer.messages = kind === StreamablePeer ? await hearer.peer.listen() : hearer.peer.messages;
    }
    return hearer;
  }

  async again() {
    this.listening = await listen(this.port, { resourceSubscriptions: [TOTAL] });
    this.messages = this.listening.messages;
  }

  get isClosed() {
    return this.messages.events.ended;
  }

  /** Hears of a change. A stream that was closed is opened again: what it missed comes then, where there is a session; whoever listens asks for all anew. */
  async hears(what) {
    for (;;) {
      if (this.isClosed) {
        if (this.kind === "listen") return this.again();
        this.messages = await this.peer.resumed(this.messages.lastId);
      }
      try {
        const got = await this.messages.next(20_000);
        assert.equal(got.method, UPDATED, JSON.stringify(got));
        return;
      } catch (error) {
        if (!this.isClosed) throw new Error(`${what}: ${error.message}`);
      }
    }
  }
}

describe("a panic while 100 streams are open", () => {
  for (const [name, args] of [["panic_front", {}], ["panic_write", {}]]) {
    test(`${name}: every stream goes on or is closed, and every client resumes with nothing lost`, { timeout: 120_000 }, async () => {
      const worker = await startWorker(agent("interactive"), { name: "streams" });
      const { port } = worker;
      const tool = async (tool, args = {}) => (await modern(port, "tools/call", { name: tool, arguments: args })).message;
      try {
        const kinds = [StreamablePeer, SsePeer, "listen"];
        const hearers = [];
        for (let i = 0; i < 90; i++) hearers.push(await Hearer.open(kinds[i % 3], port));
        const change = async (what) => {
          assert.ok((await tool("add", { amount: 1 })).result);
          for (const it of hearers) await it.hears(what);
        };
        await change("before the panic");
        // Ten calls are in the middle of what they say.
        const counting = [];
        for (let i = 0; i < 10; i++) {
          const peer = await PEERS[i % 2].open(port);
          const exchange = await peer.call(i % 4 < 2 ? "count" : "count_there", { n: 20, ms: 50 }, { progress: "p" });
          assert.equal((await exchange.next()).params.progress, 1);
          counting.push(exchange);
        }
        const panicked = await tool(name, args);
        assert.equal(panicked.error?.code, -32603, JSON.stringify(panicked));
        await change("after the panic");
        for (const exchange of counting) {
          const told = [1];
          for (;;) {
            if (exchange.messages.events.ended) await exchange.resume();
            const next = await exchange.next(20_000).catch((error) => {
              if (exchange.messages.events.ended) return undefined;
              throw error;
            });
            if (next === undefined) continue;
            if (next.method === undefined) {
              assert.equal(text(next.result), "counted to 20", JSON.stringify(next));
              break;
            }
            told.push(next.params.progress);
          }
          assert.deepEqual(told, Array.from({ length: 20 }, (_, i) => i + 1));
        }
        await change("and again");
      } finally {
        await worker.kill();
      }
    });
  }
});
