// SIGKILL: what a client was told is in storage, what it waits for goes on, and what was done is not done again.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { answering } from "../lib/clients.mjs";
import { PEERS, StreamablePeer } from "../lib/exchange.mjs";
import { startHits } from "../lib/hits.mjs";
import { modern, text } from "../lib/mcp.mjs";
import { startProxy } from "../lib/proxy.mjs";
import { agent } from "../lib/tools.mjs";
import { within } from "../lib/wait.mjs";
import { startWorker } from "../lib/workerd.mjs";

const ADA = { name: "Ada", nights: 3, room: "large", breakfast: true };
const BELL = { uri: "hotel://bell" };

let worker, hits;
before(async () => {
  hits = await startHits();
  worker = await startWorker(agent("interactive"), { name: "kill", local: true });
});
after(async () => {
  await worker?.kill();
  hits?.close();
});
beforeEach(() => hits.reset());

const from = (first, last) => Array.from({ length: last - first + 1 }, (_, i) => first + i);
const progress = (messages) => messages.filter(({ method }) => method === "notifications/progress").map(({ params }) => params.progress);

/** SIGKILL, and another server on the same storage, which the peers go to from now on. */
async function kill(...peers) {
  worker = await worker.restart();
  for (const peer of peers) peer.port = worker.port;
}

const total = async () => (await modern(worker.port, "tools/call", { name: "total", arguments: {} })).message.result.structuredContent.total;

for (const Peer of PEERS) {
  describe(Peer.transport, () => {
    test("between a question and its answer: the call completes", async () => {
      const peer = await Peer.open(worker.port);
      const exchange = await peer.call("insist");
      const request = await exchange.expect("elicitation/create");
      await kill(peer);
      await peer.accept(request, ADA);
      await exchange.resume();
      assert.equal(await exchange.text(), "Ada");
      peer.close();
    });

    test("the stream is resumed first, and the answer comes then", async () => {
      const peer = await Peer.open(worker.port);
      const exchange = await peer.call("insist");
      const request = await exchange.expect("elicitation/create");
      await kill(peer);
      await exchange.resume();
      await peer.accept(request, ADA);
      assert.equal(await exchange.text(), "Ada");
      peer.close();
    });

    test("right behind an answer that was accepted: it counts", async () => {
      const peer = await Peer.open(worker.port);
      const exchange = await peer.call("insist");
      await peer.accept(await exchange.expect("elicitation/create"), ADA);
      exchange.cut();
      await kill(peer);
      await exchange.resume();
      assert.equal(await exchange.text(), "Ada");
      peer.close();
    });

    test("at every question of a dialogue: each is asked once, each step is taken once, nothing is said twice", async () => {
      const peer = await Peer.open(worker.port);
      const exchange = await peer.call("book", { charge: hits.url }, { progress: "p" });
      const results = {
        "elicitation/create": ({ message }) => ({ action: "accept", content: message === "Who stays?" ? ADA : { agreed: true } }),
        "sampling/createMessage": () => ({ role: "assistant", content: { type: "text", text: "Hello." }, model: "m" }),
        "roots/list": () => ({ roots: [{ uri: "file:///hotel" }] }),
      };
      const said = [];
      for (;;) {
        const message = await exchange.next();
        if (message.method === undefined) {
          const { charge, roots, agreed } = JSON.parse(text(message.result));
          assert.deepEqual([charge, roots, agreed], ["charge#1", ["file:///hotel"], true]);
          break;
        }
        said.push(message.method.replace("notifications/", ""));
        if (message.id === undefined) continue;
        await kill(peer);
        await exchange.answer(message, results[message.method](message.params));
        await exchange.resume();
      }
      assert.deepEqual(said, ["message", "elicitation/create", "progress", "progress", "sampling/createMessage", "roots/list", "elicitation/create", "progress", "message"]);
      assert.equal(hits.count("charge"), 1);
      peer.close();
    });

    for (const [where, name] of [["in the session's object", "count"], ["where the state is", "count_there"]]) {
      test(`in the middle of a sequence ${where}: it is completed, nothing is lost or doubled`, async () => {
        const peer = await Peer.open(worker.port);
        const exchange = await peer.call(name, { n: 30, ms: 30 }, { progress: "p" });
        for (let i = 1; i <= 10; i++) assert.equal((await exchange.next()).params.progress, i);
        await kill(peer);
        await exchange.resume();
        const { before, answer } = await exchange.finish();
        assert.deepEqual(progress(before), from(11, 30));
        assert.equal(text(answer.result), "counted to 30");
        peer.close();
      });
    }

    test("three times in the middle of steps: each is taken once", async () => {
      const peer = await Peer.open(worker.port);
      const exchange = await peer.call("steps", { n: 8, ms: 250, url: hits.url }, { progress: "p" });
      for (const stop of [2, 4, 6]) {
        for (let at = 0; at !== stop;) at = (await exchange.expect("notifications/progress")).params.progress;
        await kill(peer);
        await exchange.resume();
      }
      const { before, answer } = await exchange.finish();
      assert.deepEqual(progress(before), [7, 8]);
      assert.equal(text(answer.result), from(1, 8).map((i) => `step${i}#1`).join(" "));
      assert.deepEqual(from(1, 8).map((i) => hits.count(`step${i}`)), Array(8).fill(1));
      peer.close();
    });

    test("in the middle of a step, whose end nobody knows: it is taken again, and the call completes", async () => {
      const peer = await Peer.open(worker.port);
      const release = hits.hold("step1");
      const exchange = await peer.call("steps", { n: 2, ms: 1, url: hits.url }, { progress: "p" });
      // The head of the stream is there; with it an id to come back with, where the transport has one from the start.
      await hits.reached("step1");
      if (exchange.lastId === undefined) await primed(exchange);
      await kill(peer);
      release();
      await exchange.resume();
      assert.equal(await exchange.text(), "step1#2 step2#1");
      peer.close();
    });

    test("a step that failed left nothing: the next play tries it again", async () => {
      const peer = await Peer.open(worker.port);
      const exchange = await peer.call("failing_step", { url: hits.url });
      const request = await exchange.expect("elicitation/create");
      await kill(peer);
      await peer.accept(request, { agreed: true });
      await exchange.resume();
      const { answer } = await exchange.finish();
      assert.equal(answer.result.isError, true);
      assert.match(text(answer.result), /the step failed/);
      assert.equal(hits.count("fails"), 2);
      peer.close();
    });

    test("a writer that waited writes once", async () => {
      const peer = await Peer.open(worker.port);
      const start = await total();
      const exchange = await peer.call("add_asked", {}, { progress: "p" });
      const request = await exchange.expect("elicitation/create");
      await kill(peer);
      await peer.accept(request, { amount: 7 });
      await exchange.resume();
      assert.equal(await exchange.text(), String(start + 7));
      await kill(peer);
      assert.equal(await total(), start + 7);
      peer.close();
    });

    test("level and subscriptions are still there", async () => {
      const peer = await Peer.open(worker.port);
      const listening = Peer === StreamablePeer ? await peer.listen() : peer.messages;
      await peer.request("logging/setLevel", { level: "alert" });
      await peer.request("resources/subscribe", BELL);
      const heard = async (messages) => {
        await modern(worker.port, "tools/call", { name: "ring", arguments: {} });
        const message = await messages.next();
        assert.equal(message.params.uri, BELL.uri, JSON.stringify(message));
        return messages.lastId;
      };
      const last = await heard(listening);
      await kill(peer);
      await heard(await peer.resumed(last));
      const { before } = await (await peer.call("logs")).finish();
      assert.deepEqual(before.map(({ params }) => params.level), ["alert", "emergency"]);
      peer.close();
    });

    test("what was finished before can be read again", async () => {
      const peer = await Peer.open(worker.port);
      const exchange = await peer.call("count", { n: 3, ms: 5 }, { progress: "p" });
      await exchange.next();
      const first = exchange.lastId;
      await exchange.finish();
      await kill(peer);
      exchange.messages = await peer.resumed(first);
      const { before, answer } = await exchange.finish();
      assert.deepEqual(progress(before), [2, 3]);
      assert.equal(text(answer.result), "counted to 3");
      peer.close();
    });
  });
}

/** Reads up to the event that only names an id. */
async function primed(exchange) {
  const item = await exchange.messages.events.next();
  assert.equal(item.data, "");
  exchange.messages.lastId = item.id;
}

describe("the official SDK", () => {
  test("a server that dies while its user is being asked", async () => {
    const proxy = await startProxy(worker.port);
    let asked = 0;
    const elicit = async () => {
      asked += 1;
      await kill();
      proxy.target(worker.port);
      proxy.cut();
      return { action: "accept", content: asked === 1 ? ADA : { agreed: true } };
    };
    const sample = () => ({ role: "assistant", content: { type: "text", text: "Hello." }, model: "m" });
    const { client, wire } = await answering("streamable", proxy.url, { elicit, sample, roots: () => ({ roots: [] }) });
    try {
      const result = await within(30_000, "the call is answered", client.callTool({ name: "book", arguments: { charge: hits.url } }, undefined, { onprogress: () => {} }));
      const { charge, agreed } = JSON.parse(text(result));
      assert.deepEqual([charge, agreed, asked], ["charge#1", true, 2]);
      assert.equal(hits.count("charge"), 1);
      assert.deepEqual(progress(wire.received), [1, 2, 3]);
      wire.check();
    } finally {
      await client.close();
      proxy.close();
    }
  });
});
