// `subscriptions/listen` of 2026-07-28, by hand: who listens hears of what changes, whoever changed it and wherever.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { CAPABILITIES, PEERS } from "../lib/exchange.mjs";
import { modern, modernRequest } from "../lib/mcp.mjs";
import { readProject, resetsOn } from "../lib/project.mjs";
import { listen, open, Rounds, send, subscription } from "../lib/rounds.mjs";
import { rows } from "../lib/rows.mjs";
import { openStream } from "../lib/sse.mjs";
import { agent } from "../lib/tools.mjs";
import { eventually, within } from "../lib/wait.mjs";
import { startWorker } from "../lib/workerd.mjs";

const TOTAL = "hotel://total";
const BELL = "hotel://bell";
const UPDATED = "notifications/resources/updated";

let worker, port;
before(async () => {
  worker = await startWorker(agent("interactive"), { name: "listen" });
  port = worker.port;
});
after(() => worker?.kill());

const tool = async (name, args = {}) => (await modern(port, "tools/call", { name, arguments: args })).message;
const add = (amount = 1) => tool("add", { amount });
const ring = () => tool("ring");
const about = (...uris) => ({ resourceSubscriptions: uris });

/** The next message, which says that this resource is another now. */
async function hears({ id, messages }, uri, ms) {
  const message = await messages.next(ms);
  assert.equal(message.method, UPDATED, JSON.stringify(message));
  assert.deepEqual([message.params.uri, subscription(message)], [uri, id]);
}

describe("the acknowledgement", () => {
  const filters = [
    [{}, {}],
    [about(TOTAL), about(TOTAL)],
    [about(TOTAL, BELL, TOTAL), about(TOTAL, BELL)],
    [about(), {}],
    [about("hotel://note", "hotel://nosuch", "hotel://rooms/7", "", "no uri"), {}],
    [{ ...about("hotel://note", BELL), toolsListChanged: false, somethingElse: 7 }, about(BELL)],
  ];
  for (const [filter, honoured] of filters) {
    test(`${JSON.stringify(filter)}: names what is heard, and no more`, async () => {
      const listening = await listen(port, filter);
      assert.deepEqual(listening.honoured, honoured);
      listening.stream.close();
    });
  }

  test("lists are heard of where the server says that they change", async () => {
    const { message } = await modern(port, "server/discover");
    const { tools, resources, prompts } = message.result.capabilities;
    const listening = await listen(port, { toolsListChanged: true, resourcesListChanged: true, promptsListChanged: true });
    const said = { ...(tools.listChanged && { toolsListChanged: true }), ...(resources.listChanged && { resourcesListChanged: true }), ...(prompts.listChanged && { promptsListChanged: true }) };
    assert.deepEqual(listening.honoured, said);
    assert.equal(resources.subscribe, true);
    listening.stream.close();
  });

  for (const id of [0, -7, 9007199254740991, "a", "", 'l"1\u2028', "listen:0"]) {
    test(`the subscription is ${JSON.stringify(id)}, as the request`, async () => {
      const listening = await listen(port, about(BELL), { id });
      await ring();
      await hears(listening, BELL);
      listening.stream.close();
    });
  }

  test("comes at once, and headers as of a stream", async () => {
    const { stream } = await listen(port, about(TOTAL));
    assert.match(stream.headers["cache-control"], /no-cache/);
    assert.equal(stream.headers["x-accel-buffering"], "no");
    assert.equal(stream.headers["mcp-session-id"], undefined);
    await stream.next((item) => item.comment !== undefined, 5_000);
    stream.close();
  });
});

describe("refused", () => {
  const wrong = [undefined, null, 7, "all", [], { toolsListChanged: 1 }, { promptsListChanged: "true" }, { resourcesListChanged: null }, about(7), about(null),
    { resourceSubscriptions: TOTAL }, { resourceSubscriptions: {} }, about(...Array.from({ length: 5_000 }, (_, i) => `hotel://rooms/${i}`))];
  for (const notifications of wrong) {
    test(`the filter ${JSON.stringify(notifications)?.slice(0, 60)}`, async () => {
      const { type, answer } = await send(port, "subscriptions/listen", { notifications });
      assert.deepEqual([type, answer.error?.code], ["json", -32602], JSON.stringify(answer));
    });
  }

  test("a client that takes no stream: 406", async () => {
    const { status, answer } = await send(port, "subscriptions/listen", { notifications: about(TOTAL) }, {}, { headers: { accept: "application/json" } });
    assert.deepEqual([status, answer.error?.code], [406, -32600], JSON.stringify(answer));
  });

  test("what legacy clients do", async () => {
    for (const method of ["resources/subscribe", "resources/unsubscribe"]) {
      const { status, message } = await modern(port, method, { uri: TOTAL });
      assert.deepEqual([status, message.error?.code], [404, -32601]);
    }
    const { headers } = modernRequest("subscriptions/listen");
    const get = await openStream(port, { path: "/mcp", headers });
    assert.equal(get.status, 405);
    get.close();
  });
});

describe("changes", () => {
  test("each stream hears what it wants to hear, once, in order, and nothing else", async () => {
    const [total, bell, both, none] = await Promise.all([about(TOTAL), about(BELL), about(BELL, TOTAL), {}].map((filter) => listen(port, filter)));
    for (const change of [add, ring, ring, add]) await change();
    for (const [listening, uris] of [[total, [TOTAL, TOTAL]], [bell, [BELL, BELL]], [both, [TOTAL, BELL, BELL, TOTAL]]]) {
      for (const uri of uris) await hears(listening, uri);
    }
    await add(0);
    assert.equal((await tool("panic_write")).error?.code, -32603);
    await new Promise((resolve) => setTimeout(resolve, 500));
    for (const { stream } of [total, bell, both, none]) {
      assert.deepEqual(stream.pending.filter(({ data }) => data !== undefined), []);
      stream.close();
    }
  });

  for (const Peer of PEERS) {
    test(`of a session's client over ${Peer.transport}`, async () => {
      const [peer, listening] = [await Peer.open(port, { capabilities: CAPABILITIES }), await listen(port, about(TOTAL, BELL))];
      const asking = await peer.call("add_asked");
      await peer.accept(await asking.expect("elicitation/create"), { amount: 3 });
      await asking.text();
      await hears(listening, TOTAL);
      assert.ok((await peer.request("tools/call", { name: "add", arguments: { amount: 1 } })).result);
      await hears(listening, TOTAL);
      assert.ok((await peer.request("tools/call", { name: "ring", arguments: {} })).result);
      await hears(listening, BELL);
      peer.close();
      listening.stream.close();
    });
  }

  test("of a stateless client that was asked", async () => {
    const listening = await listen(port, about(TOTAL));
    await Rounds.tool(port, "add_asked").finish(() => ({ action: "accept", content: { amount: 2 } }));
    await hears(listening, TOTAL);
    await Rounds.tool(port, "add_failing").finish(() => ({ action: "accept", content: { amount: 2 } }));
    await add();
    await hears(listening, TOTAL);
    assert.deepEqual(listening.stream.pending.filter(({ data }) => data !== undefined), [], "what failed changed nothing");
    listening.stream.close();
  });

  test("a hundred listeners hear of one, and of the next", async () => {
    const all = await Promise.all(Array.from({ length: 100 }, (_, i) => listen(port, i % 2 ? about(TOTAL) : about(TOTAL, BELL), { id: i % 3 })));
    for (let i = 0; i < 3; i++) {
      await add();
      await Promise.all(all.map((listening) => hears(listening, TOTAL)));
    }
    // Half of them leave.
    for (const { stream } of all.slice(50)) stream.close();
    await add();
    await Promise.all(all.slice(0, 50).map((listening) => hears(listening, TOTAL)));
    for (const { stream } of all) stream.close();
    await eventually(10_000, "nothing is left of them", () => !rows(worker.storage).some(({ row }) => row.includes("listener/")));
  });

  test("of a thousand changes everybody hears the last, and no more often than can be followed: who reads, and who pauses", async () => {
    const total = async () => Number((await modern(port, "resources/read", { uri: TOTAL })).message.result.contents[0].text);
    const [quick, slow] = await Promise.all([listen(port, about(TOTAL)), listen(port, about(TOTAL))]);
    const [before, began] = [await total(), Date.now()];
    slow.stream.pause();
    // Who reads, reads the resource whenever it is told of it.
    let [heard, seen] = [0, before];
    const reading = (async () => {
      while (seen < before + 1000) {
        await hears(quick, TOTAL);
        heard++;
        const now = await total();
        assert.ok(now >= seen, `${now} after ${seen}`);
        seen = now;
      }
    })();
    for (let i = 0; i < 100; i++) await Promise.all(Array.from({ length: 10 }, () => add()));
    await reading;
    const windows = Math.ceil((Date.now() - began) / 100) + 1;
    assert.ok(heard >= 2 && heard <= 20 * windows, `${heard} times in ${windows} times 100 ms`);
    slow.stream.res.socket.resume();
    slow.stream.res.resume();
    // What was not read was kept: as often as the other, and nothing behind it.
    for (let i = 0; i < heard; i++) await hears(slow, TOTAL);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const left = ({ stream }) => stream.pending.filter(({ data }) => data !== undefined).length;
    await eventually(5_000, "both hear of it equally often", () => left(slow) === left(quick));
    for (const { stream } of [quick, slow]) stream.close();
  });
});

describe("objects that are lost", () => {
  for (const name of ["panic_write", "panic_front", "panic_asked"]) {
    test(`listeners stay through ${name}`, async () => {
      const all = await Promise.all(Array.from({ length: 5 }, () => listen(port, about(TOTAL, BELL))));
      for (let i = 0; i < 3; i++) {
        const message = name === "panic_asked" ? await panicAsked() : await tool(name);
        assert.equal(message.error?.code, -32603, JSON.stringify(message));
        await add();
        await Promise.all(all.map((listening) => hears(listening, TOTAL)));
        await ring();
        await Promise.all(all.map((listening) => hears(listening, BELL)));
      }
      for (const { stream } of all) stream.close();
    });
  }

  async function panicAsked() {
    const call = Rounds.tool(port, "panic_asked");
    await call.ask();
    return (await call.send({ consent: { action: "accept", content: { agreed: true } } })).answer;
  }

  test("listeners stay when the object sleeps", async () => {
    const listening = await listen(port, about(TOTAL));
    // workerd puts an object to sleep that nobody has called for ten seconds.
    await new Promise((resolve) => setTimeout(resolve, 13_000));
    assert.equal(listening.stream.ended, false);
    await add();
    await hears(listening, TOTAL);
    listening.stream.close();
  });

  test("an object that is reset ends the subscriptions, and who listens again hears", async () => {
    const own = await startWorker(resetsOn(readProject(agent("interactive")), "987654"), { name: "listen-reset" });
    const add = (amount) => modern(own.port, "tools/call", { name: "add", arguments: { amount } });
    try {
      for (let i = 0; i < 3; i++) {
        const all = await Promise.all(Array.from({ length: 3 }, (_, id) => listen(own.port, about(TOTAL), { id })));
        await add(1);
        await Promise.all(all.map((listening) => hears(listening, TOTAL)));
        assert.equal((await add(987654)).message.error?.code, -32603);
        for (const { id, messages, stream } of all) {
          const [ended, ...more] = await messages.rest(5_000);
          assert.deepEqual([ended?.id, ended?.result && subscription(ended), more], [id, id, []]);
          await within(5_000, "the stream ends", stream.closed);
        }
      }
    } finally {
      await own.kill();
    }
  });

  test("with the server, they are gone, and leave nothing", async () => {
    const own = await startWorker(agent("interactive"), { name: "listen-killed" });
    const one = await listen(own.port, about(TOTAL));
    await own.kill();
    await within(5_000, "the stream ends", one.stream.closed);
    assert.deepEqual(one.stream.pending.filter(({ data }) => data !== undefined), [], "nobody said that it ended gracefully");
    assert.ok(rows(own.storage).some(({ row }) => row.includes(`listener/`)), "the row is not where this test looks for it");
    const next = await own.restart();
    const again = await listen(next.port, about(TOTAL));
    await modern(next.port, "tools/call", { name: "add", arguments: { amount: 1 } });
    await hears(again, TOTAL);
    again.stream.close();
    await eventually(10_000, "no listener is left", () => !rows(next.storage).some(({ row }) => row.includes("listener/")));
    await next.kill();
  });
});

describe("an agent that keeps nothing", () => {
  test("acknowledges, and ends at once, gracefully", async () => {
    const light = await startWorker(agent("counter"), { name: "listen-light" });
    try {
      for (const id of [5, "five"]) {
        const listening = await open(light.port, "subscriptions/listen", { notifications: { toolsListChanged: true, ...about("counter://value") } }, {}, { id });
        const [acknowledged, ended, ...more] = await listening.messages.rest(5_000);
        assert.equal(acknowledged.method, "notifications/subscriptions/acknowledged");
        assert.deepEqual([acknowledged.params.notifications, subscription(acknowledged)], [{}, id]);
        assert.deepEqual([ended.id, ended.result.resultType, subscription(ended)], [id, "complete", id]);
        assert.deepEqual(more, []);
      }
    } finally {
      await light.kill();
    }
  });
});
