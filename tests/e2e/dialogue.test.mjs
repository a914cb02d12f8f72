// Dialogues by hand, on both legacy transports: versions, state behind a question, answers that are none, panics beside a question, batches.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Messages, PEERS, SsePeer, StreamablePeer } from "../lib/exchange.mjs";
import { LEGACY, modern, Session, text } from "../lib/mcp.mjs";
import { agent } from "../lib/tools.mjs";
import { within } from "../lib/wait.mjs";
import { startWorker } from "../lib/workerd.mjs";

const ADA = { name: "Ada", nights: 3, room: "large", breakfast: true };

let worker;
before(async () => {
  worker = await startWorker(agent("interactive"), { name: "dialogue" });
});
after(() => worker?.kill());

const accept = (content) => ({ action: "accept", content });

describe("clients that lack what is asked for", () => {
  const lacking = [
    ["ask", {}, {}, { elicitation: {} }],
    ["ask_url", { url: "https://hotel.example" }, { elicitation: {} }, { elicitation: { url: {} } }],
    ["ask", {}, { elicitation: { url: {} } }, { elicitation: {} }],
    ["sample", { text: "x" }, { elicitation: {} }, { sampling: {} }],
    ["roots", {}, { elicitation: {} }, { roots: {} }],
  ];
  for (const [name, args, capabilities, required] of lacking) {
    for (const Peer of PEERS) {
      test(`${Peer.transport}: ${name} with ${JSON.stringify(capabilities)}`, async () => {
        const peer = await Peer.open(worker.port, { capabilities });
        const { error } = await peer.request("tools/call", { name, arguments: args });
        assert.equal(error?.code, -32021, JSON.stringify(error));
        const [[capability]] = Object.entries(required);
        assert.deepEqual(Object.keys(error.data.requiredCapabilities), [capability]);
        if (required.elicitation?.url) assert.deepEqual(error.data.requiredCapabilities, required);
        peer.close();
      });
    }
  }

  test("an empty elicitation capability is forms", async () => {
    const peer = await StreamablePeer.open(worker.port, { capabilities: { elicitation: {} } });
    const exchange = await peer.call("insist");
    await exchange.peer.accept(await exchange.expect("elicitation/create"), ADA);
    assert.equal(await exchange.text(), "Ada");
  });
});

describe("versions", () => {
  for (const version of LEGACY) {
    for (const Peer of PEERS) {
      test(`${version} over ${Peer.transport}: progress, logs, and the client's model`, async () => {
        const peer = await Peer.open(worker.port, { version, capabilities: { sampling: {}, roots: {} } });
        assert.equal(peer.version, version);
        const counting = await peer.call("count", { n: 3, ms: 5 }, { progress: "p" });
        const { before, answer } = await counting.finish();
        assert.deepEqual(before.map(({ params }) => [params.progressToken, params.progress]), [["p", 1], ["p", 2], ["p", 3]]);
        assert.equal(text(answer.result), "counted to 3");

        const sampling = await peer.call("sample", { text: "Now?" });
        const request = await sampling.expect("sampling/createMessage");
        await sampling.answer(request, { role: "assistant", content: { type: "text", text: "Now." }, model: "m" });
        assert.deepEqual(JSON.parse(await sampling.text()), { texts: ["Now."], model: "m", stop: null });
        peer.close();
      });
    }
  }

  for (const Peer of PEERS) {
    test(`2025-06-18 over ${Peer.transport}: a form, and no mode in it that this version does not know`, async () => {
      const peer = await Peer.open(worker.port, { version: "2025-06-18", capabilities: { elicitation: {} } });
      const asking = await peer.call("ask");
      const request = await asking.expect("elicitation/create");
      assert.equal(request.params.mode, undefined);
      await peer.accept(request, ADA);
      assert.deepEqual(JSON.parse(await asking.text()).accepted, ADA);
      peer.close();
    });
  }

  test("2026-07-28: what asks nothing is served as it is", async () => {
    for (const [name, args, answer] of [["ready", {}, "ready"], ["count", { n: 2, ms: 5 }, "counted to 2"], ["logs", {}, "logged"]]) {
      const { message } = await modern(worker.port, "tools/call", { name, arguments: args });
      assert.equal(text(message.result), answer);
    }
  });
});

describe("state", () => {
  const total = async () => (await modern(worker.port, "tools/call", { name: "total", arguments: {} })).message.result.structuredContent.total;
  const add = (amount) => modern(worker.port, "tools/call", { name: "add", arguments: { amount } });

  for (const Peer of PEERS) {
    test(`${Peer.transport}: a writer that waits for an answer holds nobody up, and writes to what is there then`, async () => {
      const [a, b] = await Promise.all([Peer.open(worker.port), Peer.open(worker.port)]);
      const start = await total();
      const [first, second] = [await a.call("add_asked", {}, { progress: 1 }), await b.call("add_asked")];
      const [ask, other] = [await first.expect("elicitation/create"), await second.expect("elicitation/create")];
      await within(5_000, "another writer gets through", add(10));
      assert.equal(await total(), start + 10);
      await b.accept(other, { amount: 100 });
      assert.equal(await second.text(), String(start + 110));
      await a.accept(ask, { amount: 1000 });
      const { before, answer } = await first.finish();
      assert.equal(before.length, 1);
      assert.equal(text(answer.result), String(start + 1110));
      assert.equal(await total(), start + 1110);
      for (const peer of [a, b]) peer.close();
    });

    test(`${Peer.transport}: what a writer that failed, or was declined, did is undone`, async () => {
      const peer = await Peer.open(worker.port);
      const start = await total();
      for (const [name, answer] of [["add_failing", accept({ amount: 7 })], ["add_asked", { action: "decline" }], ["add_failing", { action: "cancel" }]]) {
        const exchange = await peer.call(name);
        await peer.answer(await exchange.expect("elicitation/create"), answer);
        const result = await exchange.finish();
        assert.equal(result.answer.result.isError, true, JSON.stringify(result));
        assert.equal(await total(), start);
      }
      peer.close();
    });

    test(`${Peer.transport}: a reader sees one state from its start to its end`, async () => {
      const peer = await Peer.open(worker.port);
      await add(1);
      const exchange = await peer.call("times_asked");
      const request = await exchange.expect("elicitation/create");
      await add(5);
      const now = await total();
      await peer.accept(request, { amount: 3 });
      assert.deepEqual(JSON.parse(await exchange.text()), { before: now, product: 3 * now });
      peer.close();
    });
  }

  test("two writers with answers at the same moment lose nothing", async () => {
    const peers = await Promise.all(Array.from({ length: 6 }, () => StreamablePeer.open(worker.port)));
    const start = await total();
    const asked = await Promise.all(peers.map(async (peer) => {
      const exchange = await peer.call("add_asked");
      return { peer, exchange, request: await exchange.expect("elicitation/create") };
    }));
    await Promise.all(asked.map(({ peer, request }) => peer.accept(request, { amount: 1 })));
    const texts = await Promise.all(asked.map(({ exchange }) => exchange.text()));
    assert.deepEqual(texts.map(Number).sort((a, b) => a - b), peers.map((_, i) => start + 1 + i));
    assert.equal(await total(), start + peers.length);
  });
});

describe("state of a session", () => {
  test("a writer that asks writes in its own session", async () => {
    const own = await startWorker(agent("session"), { name: "dialogue-session" });
    try {
      for (const Peer of PEERS) {
        const [peer, other] = await Promise.all([Peer.open(own.port), Peer.open(own.port)]);
        const exchange = await peer.call("bump_asked");
        const request = await exchange.expect("elicitation/create");
        assert.ok((await other.request("tools/call", { name: "bump", arguments: {} })).result);
        await peer.accept(request, { amount: 5 });
        assert.equal(await exchange.text(), "5");
        const count = async (one) => (await one.request("tools/call", { name: "count", arguments: {} })).result.structuredContent.count;
        assert.deepEqual([await count(peer), await count(other)], [5, 1]);
        for (const one of [peer, other]) one.close();
      }
    } finally {
      await own.kill();
    }
  });
});

describe("answers that are none", () => {
  for (const Peer of PEERS) {
    test(`${Peer.transport}: a stranger's, a second and an unknown answer change nothing`, async () => {
      const [peer, stranger] = await Promise.all([Peer.open(worker.port), Peer.open(worker.port)]);
      const exchange = await peer.call("insist");
      const request = await exchange.expect("elicitation/create");
      await stranger.session.post({ jsonrpc: "2.0", id: request.id, result: accept({ ...ADA, name: "Eve" }) });
      await peer.session.post({ jsonrpc: "2.0", id: "nosuch", result: accept({ ...ADA, name: "Eve" }) });
      await peer.session.post({ jsonrpc: "2.0", id: 987654321, error: { code: -1, message: "nobody asked" } });
      await peer.accept(request, ADA);
      await peer.session.post({ jsonrpc: "2.0", id: request.id, result: accept({ ...ADA, name: "Eve" }) });
      assert.equal(await exchange.text(), "Ada");
      assert.equal((await peer.session.post({ jsonrpc: "2.0", id: request.id, result: accept(ADA) })).status, 202, "late, and of no use");
      for (const one of [peer, stranger]) one.close();
    });

    test(`${Peer.transport}: a result that is no answer to an elicitation`, async () => {
      const peer = await Peer.open(worker.port);
      for (const result of [{}, { action: "maybe" }, { action: "accept", content: [] }, { action: "accept", content: { ...ADA, name: null } }]) {
        const exchange = await peer.call("insist");
        await peer.answer(await exchange.expect("elicitation/create"), result);
        const { answer } = await exchange.finish();
        assert.equal(answer.result?.isError, true, JSON.stringify(answer));
      }
      peer.close();
    });
  }
});

describe("panics", () => {
  for (const Peer of PEERS) {
    test(`${Peer.transport}: a panic elsewhere disturbs no call that waits, and none that runs`, async () => {
      const [asking, running, other] = await Promise.all([Peer.open(worker.port), Peer.open(worker.port), Peer.open(worker.port)]);
      const exchange = await asking.call("insist");
      const request = await exchange.expect("elicitation/create");
      const counting = await running.call("count", { n: 40, ms: 25 }, { progress: 1 });
      await counting.next();

      for (const name of ["panic_front", "panic_write"]) {
        const { message } = await modern(worker.port, "tools/call", { name, arguments: {} });
        assert.equal(message.error?.code, -32603, JSON.stringify(message));
      }
      const { answer: panicked } = await (await other.call("panic_waiting")).finish();
      assert.equal(panicked.error?.code, -32603, JSON.stringify(panicked));
      const self = await other.call("panic_asked");
      await other.accept(await self.expect("elicitation/create"), { agreed: true });
      const { answer } = await self.finish();
      assert.equal(answer.error?.code, -32603, JSON.stringify(answer));

      const { before, answer: counted } = await counting.finish();
      assert.deepEqual(before.map(({ params }) => params.progress), Array.from({ length: 39 }, (_, i) => i + 2));
      assert.equal(text(counted.result), "counted to 40");
      await asking.accept(request, ADA);
      assert.equal(await exchange.text(), "Ada");
      for (const peer of [asking, running, other]) peer.close();
    });
  }
});

describe("batches of 2025-03-26", () => {
  const version = "2025-03-26";
  const tool = (id, name, args = {}, meta) => ({ jsonrpc: "2.0", id, method: "tools/call", params: { name, arguments: args, ...(meta && { _meta: meta }) } });

  test("one that reports among others: all of it on one stream, each answered once", async () => {
    const peer = await StreamablePeer.open(worker.port, { version, capabilities: {} });
    for (const id of ["ping", "count", "total", "bad"]) peer.methods.set(id, id === "ping" ? "ping" : "tools/call");
    const events = await peer.post([
      { jsonrpc: "2.0", id: "ping", method: "ping" },
      tool("count", "count", { n: 4, ms: 10 }, { progressToken: "t" }),
      tool("total", "total"),
      tool("bad", "nosuch"),
      { jsonrpc: "2.0", method: "notifications/initialized" },
    ]);
    assert.equal(events.status, 200);
    assert.match(events.headers["content-type"], /^text\/event-stream/);
    const messages = (await new Messages(version, events, peer.methodOf).rest()).flat();
    const progress = messages.filter((message) => message.method !== undefined);
    assert.deepEqual(progress.map(({ params }) => [params.progressToken, params.progress]), [1, 2, 3, 4].map((i) => ["t", i]));
    const answers = Object.fromEntries(messages.filter((message) => message.method === undefined).map((message) => [message.id, message]));
    assert.equal(messages.length - progress.length, 4);
    assert.deepEqual(answers.ping.result, {});
    assert.equal(text(answers.count.result), "counted to 4");
    assert.equal(answers.bad.error.code, -32602);
    assert.ok(answers.total.result);
  });

  test("two that ask, answered the other way around", async () => {
    const peer = await StreamablePeer.open(worker.port, { version, capabilities: { sampling: {} } });
    for (const id of ["a", "b", "r"]) peer.methods.set(id, "tools/call");
    const events = await peer.post([tool("a", "sample", { text: "a?" }), tool("b", "sample", { text: "b?" }), tool("r", "ready")]);
    assert.match(events.headers["content-type"], /^text\/event-stream/);
    const messages = new Messages(version, events, peer.methodOf);
    const asked = [];
    const answers = {};
    while (Object.keys(answers).length < 3) {
      const message = await messages.next();
      if (message.method !== undefined) asked.push(message);
      else answers[message.id] = message;
      if (asked.length === 2 && message === asked[1]) {
        for (const request of asked.toReversed()) {
          const said = [request.params.messages.at(-1).content].flat()[0].text;
          await peer.answer(request, { role: "assistant", content: { type: "text", text: `${said}!` }, model: "m" });
        }
      }
    }
    assert.deepEqual(await messages.rest(), []);
    for (const id of ["a", "b"]) assert.equal(JSON.parse(text(answers[id].result)).texts[0], `${id}?!`);
    assert.equal(text(answers.r.result), "ready");
  });

  test("answers may come in a batch too", async () => {
    const peer = await StreamablePeer.open(worker.port, { version, capabilities: { sampling: {} } });
    const exchange = await peer.call("sample", { text: "x" });
    const request = await exchange.expect("sampling/createMessage");
    const result = { role: "assistant", content: { type: "text", text: "y" }, model: "m" };
    const response = await peer.session.post([{ jsonrpc: "2.0", id: request.id, result }, { jsonrpc: "2.0", method: "notifications/initialized" }]);
    assert.equal(response.status, 202, response.text);
    assert.equal(JSON.parse(await exchange.text()).texts[0], "y");
  });

  test("what is not answered leaves no trace between the answers", async () => {
    const session = await Session.open(worker.port, version);
    const nothing = [{ jsonrpc: "2.0", id: "nosuch", result: {} }, { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } }];
    const ping = { jsonrpc: "2.0", id: 1, method: "ping" };
    const response = await session.post([nothing[0], ping, nothing[1]]);
    assert.deepEqual(response.json, [{ jsonrpc: "2.0", id: 1, result: {} }]);
    const streamed = await session.post([nothing[0], ping, nothing[1]], { headers: { accept: "text/event-stream" } });
    assert.equal(streamed.text.match(/^data:/gm).length, 1, streamed.text);
    assert.equal((await session.post(nothing)).status, 202);
  });

  test("one that answers at once is one array with the others", async () => {
    const session = await Session.open(worker.port, version);
    const response = await session.post([{ jsonrpc: "2.0", id: 1, method: "ping" }, tool(2, "ready")]);
    assert.match(response.headers["content-type"], /^application\/json/);
    assert.deepEqual(response.json.map(({ id }) => id), [1, 2]);
  });

  test("over HTTP+SSE", async () => {
    const peer = await SsePeer.open(worker.port, { version, capabilities: { sampling: {} } });
    for (const id of ["a", "c"]) peer.methods.set(id, "tools/call");
    const response = await peer.session.post([tool("a", "sample", { text: "a?" }), tool("c", "count", { n: 3, ms: 10 }, { progressToken: "t" })]);
    assert.equal(response.status, 202);
    const answers = {};
    let progress = 0;
    while (Object.keys(answers).length < 2) {
      const message = await peer.messages.next();
      if (message.method === "sampling/createMessage") await peer.answer(message, { role: "assistant", content: { type: "text", text: "a!" }, model: "m" });
      else if (message.method === "notifications/progress") assert.equal(message.params.progress, ++progress);
      else answers[message.id] = message;
    }
    assert.equal(progress, 3);
    assert.equal(JSON.parse(text(answers.a.result)).texts[0], "a!");
    peer.close();
  });
});
