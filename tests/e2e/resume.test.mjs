// Connections that break: whoever comes back with the id of the last event gets what was missed, each message once.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { answering } from "../lib/clients.mjs";
import { PEERS, StreamablePeer } from "../lib/exchange.mjs";
import { request } from "../lib/http.mjs";
import { modern, text } from "../lib/mcp.mjs";
import { startProxy } from "../lib/proxy.mjs";
import { agent, load } from "../lib/tools.mjs";
import { eventually, within } from "../lib/wait.mjs";
import { startWorker } from "../lib/workerd.mjs";

const ADA = { name: "Ada", nights: 3, room: "large", breakfast: true };
const BELL = { uri: "hotel://bell" };

let worker, port;
before(async () => {
  worker = await startWorker(agent("interactive"), { name: "resume" });
  port = worker.port;
});
after(() => worker?.kill());

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const from = (first, last) => Array.from({ length: last - first + 1 }, (_, i) => first + i);
const progress = (messages) => messages.filter(({ method }) => method === "notifications/progress").map(({ params }) => params.progress);
const ring = () => modern(port, "tools/call", { name: "ring", arguments: {} });

for (const Peer of PEERS) {
  describe(Peer.transport, () => {
    test("a stream that is cut in the middle of a sequence goes on where it was", async () => {
      const peer = await Peer.open(port);
      const exchange = await peer.call("count", { n: 20, ms: 20 }, { progress: "p" });
      for (let i = 1; i <= 7; i++) assert.equal((await exchange.next()).params.progress, i);
      exchange.cut();
      await pause(100);
      await exchange.resume();
      const { before, answer } = await exchange.finish();
      assert.deepEqual(progress(before), from(8, 20));
      assert.equal(text(answer.result), "counted to 20");
      peer.close();
    });

    for (const ms of [0, 1]) {
      test(`what is said in another object comes whole and in its order, with ${ms} ms between`, async () => {
        const peer = await Peer.open(port);
        const exchange = await peer.call("count_there", { n: 200, ms }, { progress: "p" });
        const { before, answer } = await exchange.finish();
        assert.deepEqual(progress(before), from(1, 200));
        assert.equal(text(answer.result), "counted to 200");
        peer.close();
      });
    }

    test("what was finished meanwhile is all there, and once more for who asks once more", async () => {
      const peer = await Peer.open(port);
      const exchange = await peer.call("count", { n: 10, ms: 10 }, { progress: "p" });
      await exchange.next();
      const first = exchange.lastId;
      exchange.cut();
      await pause(400);
      for (let i = 0; i < 2; i++) {
        exchange.messages = await peer.resumed(first);
        const { before, answer } = await exchange.finish();
        assert.deepEqual(progress(before), from(2, 10));
        assert.equal(text(answer.result), "counted to 10");
        exchange.cut();
      }
      peer.close();
    });

    test("a question that was asked while nobody listened is asked, once, and can be answered while nobody listens", async () => {
      const peer = await Peer.open(port);
      const exchange = await peer.call("book", { charge: "http://127.0.0.1:1/unreachable" }, { progress: "p" });
      await exchange.until("notifications/message");
      exchange.cut();
      await pause(50);
      await exchange.resume();
      const request = await exchange.expect("elicitation/create");
      exchange.cut();
      await peer.accept(request, ADA);
      await pause(50);
      await exchange.resume();
      const { before, answer } = await exchange.finish();
      assert.deepEqual(before.map(({ method }) => method), ["notifications/progress"]);
      assert.equal(answer.result.isError, true, "nothing listens at the URL to be charged at");
      peer.close();
    });

    test("from the first id, everything comes again, in the same order under the same ids", async () => {
      const peer = await Peer.open(port);
      const exchange = await peer.call("count", { n: 6, ms: 1 }, { progress: "p" });
      const first = exchange.lastId;
      const seen = [];
      for (;;) {
        const message = await exchange.next();
        seen.push([exchange.lastId, message]);
        if (message.method === undefined) break;
      }
      const [start] = first === undefined ? seen.shift() : [first];
      exchange.cut();
      const again = await peer.resumed(start);
      for (const [id, message] of seen) {
        assert.deepEqual(await again.next(), message);
        assert.equal(again.lastId, id);
      }
      again.close();
      peer.close();
    });

    test("a cancelled call stays cancelled over a cut", async () => {
      const peer = await Peer.open(port);
      const exchange = await peer.call("count", { n: 1000, ms: 10 }, { progress: "p" });
      await exchange.next();
      exchange.cut();
      await pause(100);
      await peer.notify("notifications/cancelled", { requestId: exchange.id, reason: "enough" });
      await pause(200);
      await exchange.resume();
      const other = await peer.call("count", { n: 3, ms: 100 });
      const seen = [];
      if (Peer === StreamablePeer) {
        seen.push(...await exchange.messages.rest(3_000));
        await other.finish();
      } else {
        for (let message = await peer.messages.next(); message.id !== other.id; message = await peer.messages.next()) seen.push(message);
      }
      assert.ok(seen.every(({ method }) => method === "notifications/progress"), "it was answered");
      assert.ok(seen.length < 900, "it went on");
      peer.close();
    });
  });
}

describe("streams that are over", () => {
  test("whoever has had everything is told not to come back", async () => {
    const peer = await StreamablePeer.open(port);
    const exchange = await peer.call("count", { n: 1, ms: 1 }, { progress: "p" });
    await exchange.finish();
    const events = await peer.get(exchange.lastId);
    assert.equal(events.status, 204);
    await events.closed;
  });
});

describe("streams that no call opened", () => {
  test("what was to be heard while the listener was away is heard when it is back", async () => {
    const peer = await StreamablePeer.open(port);
    const listening = await peer.listen();
    await peer.request("resources/subscribe", BELL);
    await ring();
    await listening.next();
    listening.close();
    await pause(1_200);
    for (let i = 0; i < 3; i++) await ring();
    const again = await peer.listen(listening.lastId);
    for (let i = 0; i < 3; i++) assert.equal((await again.next()).params.uri, BELL.uri);
    await ring();
    await again.next();
    await pause(100);
    assert.deepEqual(again.events.pending.filter(({ data }) => data), []);
    again.close();
  });
});

describe("connections that the server lets go", () => {
  test("2025-11-25: the stream ends without an answer, and goes on by its id", async () => {
    const peer = await StreamablePeer.open(port);
    const exchange = await peer.call("hang_up", { ms: 300 }, { progress: "p" });
    const first = await exchange.messages.rest(5_000);
    assert.deepEqual(progress(first), [1]);
    assert.equal(first.length, 1);
    assert.equal(exchange.messages.retry, 200);
    await exchange.resume();
    const { before, answer } = await exchange.finish();
    assert.deepEqual(progress(before), [2]);
    assert.equal(text(answer.result), "still here");
  });

  for (const version of ["2025-03-26", "2025-06-18"]) {
    test(`${version}: a client that may not know how to come back keeps its connection`, async () => {
      const peer = await StreamablePeer.open(port, { version, capabilities: {} });
      const exchange = await peer.call("hang_up", { ms: 50 }, { progress: "p" });
      const { before, answer } = await exchange.finish();
      assert.deepEqual(progress(before), [1, 2]);
      assert.equal(text(answer.result), "still here");
    });
  }
});

describe("clients that come back by themselves", () => {
  test("the official SDK: a call whose connection the server lets go is answered", async () => {
    const { client, wire } = await answering("streamable", worker.url);
    try {
      const result = await client.callTool({ name: "hang_up", arguments: { ms: 100 } }, undefined, { onprogress: () => {} });
      assert.equal(text(result), "still here");
      assert.deepEqual(progress(wire.received), [1, 2]);
      wire.check();
    } finally {
      await client.close();
    }
  });

  test("the official SDK: a call and a question survive a network that breaks", async () => {
    const proxy = await startProxy(port);
    let asked = 0;
    const elicit = async () => {
      asked += 1;
      proxy.cut();
      await pause(100);
      return { action: "accept", content: ADA };
    };
    const { client, wire } = await answering("streamable", proxy.url, { elicit });
    try {
      const counting = client.callTool({ name: "count", arguments: { n: 40, ms: 50 } }, undefined, { onprogress: () => {} });
      for (const times of [5, 25]) {
        await eventually(10_000, "some progress", () => progress(wire.received).length >= times);
        proxy.cut();
      }
      assert.equal(text(await within(20_000, "the call is answered", counting)), "counted to 40");
      assert.deepEqual(progress(wire.received), from(1, 40));
      const insisted = client.callTool({ name: "insist", arguments: {} });
      assert.equal(text(await within(20_000, "the question is answered", insisted)), "Ada");
      assert.equal(asked, 1, "it was asked once");
      wire.check();
    } finally {
      await client.close();
      proxy.close();
    }
  });

  // Over HTTP+SSE the SDK does not say which event it had last: its own headers replace those of its EventSource.
  test("an EventSource on HTTP+SSE", async () => {
    const proxy = await startProxy(port);
    const { EventSource } = load("eventsource");
    const source = new EventSource(new URL("/sse", proxy.url));
    const received = [];
    const endpoints = [];
    source.addEventListener("message", ({ data }) => received.push(JSON.parse(data)));
    source.addEventListener("endpoint", ({ data }) => endpoints.push(data));
    const post = (message) => request(port, { path: endpoints[0], headers: { "content-type": "application/json" }, body: JSON.stringify({ jsonrpc: "2.0", ...message }) });
    const answered = (id) => eventually(20_000, `${id} is answered`, () => received.find((message) => message.id === id));
    try {
      await eventually(5_000, "the stream opens", () => endpoints.length > 0);
      await post({ id: 1, method: "initialize", params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "e2e", version: "1.0.0" } } });
      await answered(1);
      await post({ id: 2, method: "tools/call", params: { name: "count", arguments: { n: 20, ms: 50 }, _meta: { progressToken: "p" } } });
      await eventually(10_000, "some progress", () => progress(received).length >= 5);
      proxy.cut();
      assert.equal(text((await answered(2)).result), "counted to 20");
      assert.deepEqual(progress(received), from(1, 20));
      assert.deepEqual(endpoints, [endpoints[0], endpoints[0]], "the session is the same one");
    } finally {
      source.close();
      proxy.close();
    }
  });
});

describe("five hundred times", () => {
  const ROUNDS = 500;
  const SESSIONS = 8;

  /** Numbers that look random and are the same in every run. */
  function random(seed) {
    return () => {
      seed = (seed + 0x6d2b79f5) | 0;
      let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
    };
  }

  /** One call, cut and resumed at random points until it is answered. Answers how often it was cut. */
  async function round(peer, n, next) {
    const exchange = await peer.call("count", { n, ms: 1 }, { progress: "p" });
    const seen = [];
    let cuts = 0;
    // A client that is cut off before it saw any id has nothing to come back with: so much it is given.
    exchange.messages.events.cutAfter(200 + next() * 400);
    for (let idle = 0; ;) {
      const message = await exchange.next().catch((error) => {
        if (exchange.messages.events.ended) return undefined;
        throw error;
      });
      if (message?.method !== undefined) {
        seen.push(message.params.progress);
        idle = 0;
      } else if (message !== undefined) {
        assert.equal(message.id, exchange.id);
        assert.equal(text(message.result), `counted to ${n}`);
        assert.deepEqual(seen, from(1, n));
        return cuts;
      } else {
        cuts += 1;
        assert.ok(++idle < 100, `nothing comes any more after ${seen.length}`);
        if (next() < 0.3) await pause(next() * 30);
        await exchange.resume();
        // Sometimes at once, before anything came.
        if (next() < 0.95) exchange.messages.events.cutAfter(Math.floor(next() * 700));
      }
    }
  }

  test("cut anywhere and resumed, over both transports, loses and doubles nothing", { timeout: 300_000 }, async (t) => {
    const started = Date.now();
    const peers = await Promise.all(Array.from({ length: SESSIONS }, (_, i) => PEERS[i % PEERS.length].open(port)));
    let cuts = 0;
    await Promise.all(peers.map(async (peer, i) => {
      const next = random(1000 + i);
      while (cuts < ROUNDS) {
        cuts += await round(peer, 10 + Math.floor(next() * 40), next);
        if (peer.messages?.events.ended) await peer.resumed(peer.messages.lastId);
      }
      peer.close();
    }));
    t.diagnostic(`${cuts} cuts in ${Date.now() - started} ms`);
  });
});
