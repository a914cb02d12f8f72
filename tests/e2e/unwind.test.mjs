// Panics that unwind (`[deploy] panic = "unwind"`): each ends its own call with -32603 and changes nothing. The wasm instance goes on, and with it every other call, stream,
// connection and object, none of which notices anything. A full stack and a JavaScript exception still end the instance.

import assert from "node:assert/strict";
import http from "node:http";
import { after, before, describe, test } from "node:test";
import { PEERS, SsePeer, StreamablePeer } from "../lib/exchange.mjs";
import { message, modern, Session, SseSession, text } from "../lib/mcp.mjs";
import { listen, Rounds } from "../lib/rounds.mjs";
import { SocketClient } from "../lib/socket.mjs";
import { Task } from "../lib/tasks.mjs";
import { agent } from "../lib/tools.mjs";
import { eventually, within } from "../lib/wait.mjs";
import { startWorker } from "../lib/workerd.mjs";

const SOON = 5_000;
const COUNT = "unwind://count";
const UPDATED = "notifications/resources/updated";

let worker, port, company;

const call = async (name, args = {}) => (await modern(port, "tools/call", { name, arguments: args }, { limit: SOON })).message;
const said = async (name, args) => {
  const answer = await call(name, args);
  assert.ok(answer.result && !answer.result.isError, `${name}: ${JSON.stringify(answer)}`);
  return text(answer.result);
};
const seen = async () => (await call("seen")).result.structuredContent;

/** How often this wasm instance was asked, which it has in its memory, and how many tasks behind one that panicked have run. */
const life = async () => (await said("life")).split(" ").map(Number);

function refused(answer) {
  assert.equal(answer.error?.code, -32603, JSON.stringify(answer));
  assert.deepEqual(answer.error, { code: -32603, message: "internal error" });
}

/** Those who are connected and hear of every change. None of their connections is ever opened again. */
class Company {
  static async open() {
    const [streamable, sse] = await Promise.all([StreamablePeer.open(port), SsePeer.open(port)]);
    for (const peer of [streamable, sse]) assert.ok((await peer.request("resources/subscribe", { uri: COUNT })).result);
    const streams = [await streamable.listen(), sse.messages, (await listen(port, { resourceSubscriptions: [COUNT] })).messages];
    const socket = await SocketClient.open(port, "/ws");
    assert.equal(await socket.next(), "welcome");
    return Object.assign(new Company(), { streams, socket });
  }

  /** All of them hear of a change, on the streams that they have. */
  async hear() {
    await said("add", { a: 1 });
    for (const stream of this.streams) {
      const heard = await stream.next(SOON);
      assert.equal(heard.method, UPDATED, JSON.stringify(heard));
      assert.equal(stream.events.ended, false);
    }
  }

  /** Nobody has heard of anything. */
  quiet() {
    for (const { events } of this.streams) {
      assert.equal(events.ended, false);
      assert.deepEqual(events.pending.filter(({ data }) => data), []);
    }
    assert.deepEqual(this.socket.got, []);
  }
}

/** Whatever `act` does, it changes nothing, and nobody notices: calls that wait, calls that talk, and streams. */
async function unnoticed(act) {
  const [asked] = await life();
  const start = await seen();
  const waiting = [said("wait", { ms: 200 }), said("wait_object", { ms: 200 })];
  const talking = [];
  for (const Peer of PEERS) {
    const exchange = await (await Peer.open(port)).call("steps", { n: 8, ms: 30 }, { progress: "p" });
    assert.equal((await exchange.expect("notifications/progress")).params.progress, 1);
    talking.push(exchange);
  }
  await act();
  assert.deepEqual(await seen(), start, "nothing of a handler that panicked is kept");
  company.quiet();
  assert.deepEqual(await Promise.all(waiting), ["waited", "waited"]);
  for (const exchange of talking) {
    const { before, answer } = await exchange.finish(SOON);
    assert.deepEqual(before.map(({ params }) => params.progress), [2, 3, 4, 5, 6, 7, 8]);
    assert.equal(text(answer.result), "8 steps");
    exchange.peer.close();
  }
  await company.hear();
  assert.equal((await life())[0], asked + 1, "the instance is another");
}

before(async () => {
  worker = await startWorker(agent("unwind"), { name: "unwind" });
  port = worker.port;
  company = await Company.open();
});
after(() => worker?.kill());

describe("a panic of a handler", () => {
  const tools = ["front", "read", "write", "sql"].flatMap((tool) => [[tool, { late: false }], [tool, { late: true }]]);
  for (const [tool, args] of tools) {
    const name = `${tool}${args.late ? ", after an await" : ""}`;

    test(`2026-07-28: ${name}`, () =>
      unnoticed(async () => {
        const { status, message } = await modern(port, "tools/call", { name: tool, arguments: args }, { limit: SOON });
        assert.equal(status, 200, "it is answered as any error of a handler");
        refused(message);
      }));

    test(`sessions: ${name}`, () =>
      unnoticed(async () => {
        const session = await Session.open(port);
        refused((await session.send("tools/call", { name: tool, arguments: args }, { limit: SOON })).message);
        const stream = await SseSession.open(port);
        refused(await stream.send("tools/call", { name: tool, arguments: args }, { limit: SOON }));
        assert.equal(text(await stream.call("wait", { ms: 0 })), "waited", "the session goes on");
        assert.equal(stream.stream.ended, false);
        stream.close();
      }));
  }

  for (const Peer of PEERS) {
    test(`${Peer.transport}: one that has asked, and one that has talked`, () =>
      unnoticed(async () => {
        const peer = await Peer.open(port);
        const asking = await peer.call("asked");
        await peer.accept(await asking.expect("elicitation/create"), { agreed: true });
        refused((await asking.finish(SOON)).answer);
        refused((await (await peer.call("told")).finish(SOON)).answer);
        assert.deepEqual((await peer.request("ping")).result, {});
        peer.close();
      }));
  }

  test("in rounds", () =>
    unnoticed(async () => {
      const asking = Rounds.tool(port, "asked");
      await asking.ask();
      refused((await asking.send({ consent: { action: "accept", content: { agreed: true } } })).answer);
      refused((await Rounds.tool(port, "told").send()).answer);
    }));

  test("of a resource and of a prompt", () =>
    unnoticed(async () => {
      refused((await modern(port, "resources/read", { uri: "unwind://panic" })).message);
      refused((await modern(port, "prompts/get", { name: "panic", arguments: {} })).message);
    }));

  test("with a handle: what it stands for is what it was", () =>
    unnoticed(async () => {
      const { cart } = (await call("create_cart")).result.structuredContent;
      refused(await call("cart", { cart }));
      assert.equal(await said("cart_items", { cart }), "0");
    }));

  test("of a task: it has failed", () =>
    unnoticed(async () => {
      const task = await Task.begin(port, "task");
      refused(await task.until("failed", SOON));
    }));

  test("that it catches itself: what it wrote before and after is kept, and nothing of the write that panicked", async () => {
    const { notes } = await seen();
    assert.equal(await said("caught"), "true");
    assert.deepEqual((await seen()).notes, [...notes, "kept", "kept too"]);
  });

  test("in a batch of 2025-03-26: all others are answered", () =>
    unnoticed(async () => {
      const ask = (id, name, args = {}) => ({ jsonrpc: "2.0", id, method: "tools/call", params: { name, arguments: args } });
      const session = await Session.open(port, "2025-03-26");
      const { json } = await session.post([ask(1, "wait", { ms: 50 }), ask(2, "write", { late: true }), ask(3, "front"), ask(4, "wait_object", { ms: 50 })], { limit: SOON });
      assert.deepEqual(json.map(({ id }) => id), [1, 2, 3, 4]);
      for (const answer of [json[0], json[3]]) assert.equal(text(answer.result), "waited");
      for (const answer of [json[1], json[2]]) refused(answer);
    }));

  test("among writers that queue: each of them writes", async () => {
    const { count } = await seen();
    const adds = (n) => Array.from({ length: n }, () => said("add", { a: 1 }));
    const panicking = [call("write", { late: true }), call("sql")];
    await Promise.all([...adds(10), ...panicking, ...adds(10)]);
    for (const answer of await Promise.all(panicking)) refused(answer);
    assert.equal((await seen()).count, count + 20);
    await eventually(SOON, "all have heard", async () => company.streams.every(({ events }) => events.pending.length));
    for (const stream of company.streams) while (stream.events.pending.length) await stream.events.next(() => true);
  });

  test("a thousand times", async () => {
    const [asked] = await life();
    const start = await seen();
    for (let i = 0; i < 250; i++) {
      for (const tool of ["front", "read", "write", "sql"]) refused(await call(tool));
    }
    assert.deepEqual(await seen(), start);
    assert.deepEqual((await life())[0], asked + 1);
  });
});

describe("a panic beside MCP", () => {
  const plain = (path) => within(SOON, `${path} is answered`, new Promise((resolve, reject) => {
    http.get({ port, host: "127.0.0.1", path, agent: false }, async (response) => {
      resolve({ status: response.statusCode, body: Buffer.concat(await response.toArray()).toString() });
    }).on("error", reject);
  }));

  test("on_request", () =>
    unnoticed(async () => {
      for (const path of ["/hooks/soon", "/hooks/late"]) assert.deepEqual(await plain(path), { status: 500, body: "internal error" });
    }));

  test("on_message: nothing of it was sent, and the connection goes on", async () => {
    const socket = await SocketClient.open(port, "/ws");
    assert.equal(await socket.next(), "welcome");
    await unnoticed(async () => {
      socket.socket.send("panic");
      socket.socket.send("panic late");
      await eventually(SOON, "both have panicked", () => worker.stderr().split("in on_message").length > 2);
    });
    const { count } = await seen();
    assert.equal(await socket.ask("still here?"), "still here?");
    assert.equal((await seen()).count, count + 1);
    await socket.close();
    for (const stream of company.streams) await stream.next(SOON);
  });

  test("on_connect: the connection is refused", () =>
    unnoticed(async () => {
      await assert.rejects(SocketClient.open(port, "/ws?panic"), /refused/);
    }));

  test("on_state_update: whoever made the change has made it", async () => {
    const [asked] = await life();
    const { count } = await seen();
    await said("add", { a: 666 });
    await eventually(SOON, "it has panicked", () => worker.stderr().includes("in on_state_update"));
    for (const stream of company.streams) await stream.next(SOON);
    await company.hear();
    assert.equal((await seen()).count, count + 667);
    assert.equal((await life())[0], asked + 1);
  });

  test("a schedule: the attempt has failed, and the next one runs", async () => {
    const [asked, behind] = await life();
    const { count, notes } = await seen();
    await said("later", { read: false });
    await said("later", { read: true });
    await eventually(10_000, "both have run", async () => (await life())[1] === behind + 1 && (await seen()).count !== count);
    assert.deepEqual(await seen(), { count: count + 1, notes: [...notes, "rung 2"] }, "nothing of the first attempt is kept");
    assert.ok((await life())[0] > asked);
    for (const stream of company.streams) await stream.next(SOON);
  });

  for (const tool of ["left", "left_object"]) {
    test(`${tool}: a task that nobody awaits, and the one behind it runs`, async () => {
      const [, behind] = await life();
      await unnoticed(async () => assert.equal(await said(tool), "left"));
      await eventually(SOON, "the task behind it has run", async () => (await life())[1] === behind + 1);
    });
  }
});

describe("what is no panic ends the instance, and the state stands", () => {
  for (const [tool, args] of [["full", {}], ["thrown", { late: false }], ["thrown", { late: true }]]) {
    test(`${tool}${args.late ? ", after an await" : ""}`, async () => {
      const start = await seen();
      await life();
      refused(await call(tool, args));
      assert.equal((await life())[0], 1, "the instance is the same");
      assert.deepEqual(await seen(), start);
      refused(await call("write", { late: true }));
      assert.deepEqual(await seen(), start);
      assert.equal((await life())[0], 2);
    });
  }
});
