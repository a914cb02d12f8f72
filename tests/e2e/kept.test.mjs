// Sessions that are kept: they end, have streams of their own, and these can be told apart.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { PEERS, SsePeer, StreamablePeer } from "../lib/exchange.mjs";
import { startHits } from "../lib/hits.mjs";
import { request } from "../lib/http.mjs";
import { LEGACY, modern, Session, text } from "../lib/mcp.mjs";
import { readProject, speedClock } from "../lib/project.mjs";
import { rows } from "../lib/rows.mjs";
import { agent } from "../lib/tools.mjs";
import { eventually, within } from "../lib/wait.mjs";
import { startWorker } from "../lib/workerd.mjs";

const ADA = { name: "Ada", nights: 3, room: "large", breakfast: true };
const PING = { jsonrpc: "2.0", id: 1, method: "ping" };
const BELL = { uri: "hotel://bell" };

let worker, port, hits;
before(async () => {
  hits = await startHits();
  worker = await startWorker(agent("interactive"), { name: "kept", local: true });
  port = worker.port;
});
after(async () => {
  await worker?.kill();
  hits?.close();
});

const ring = () => modern(port, "tools/call", { name: "ring", arguments: {} });

/** A GET whose answer is no stream that stays open: its status. */
async function status(opening) {
  const events = await opening;
  events.close();
  return events.status;
}

describe("DELETE", () => {
  test("is 204, and 404 follows for everything, on this server and on the next", async () => {
    const [peer, other] = await Promise.all([StreamablePeer.open(port), StreamablePeer.open(port)]);
    const exchange = await peer.call("count", { n: 1 }, { progress: 1 });
    await exchange.finish();
    const gone = await peer.end();
    assert.equal(gone.status, 204, gone.text);
    assert.equal(gone.text, "");
    const all404 = async () => {
      assert.equal((await peer.session.post(PING)).status, 404);
      assert.equal((await peer.session.post({ jsonrpc: "2.0", method: "notifications/initialized" })).status, 404);
      assert.equal((await peer.session.post({ jsonrpc: "2.0", id: 2, method: "tools/call", params: { name: "ready", arguments: {} } })).status, 404);
      assert.equal(await status(peer.get()), 404);
      assert.equal(await status(peer.get(exchange.lastId)), 404);
      assert.equal((await peer.end()).status, 404);
    };
    await all404();
    assert.equal((await other.session.post(PING)).status, 200, "another session goes on");
    worker = await worker.restart();
    port = peer.port = other.port = worker.port;
    await all404();
    assert.equal((await other.session.post(PING)).status, 200);
    assert.equal((await other.end()).status, 204);
  });

  test("closes the session's streams, and its calls are cancelled", async () => {
    const peer = await StreamablePeer.open(port);
    const [listening, another] = [await peer.listen(), await peer.listen()];
    const waiting = await peer.call("until_cancelled", { url: `${hits.url}/deleted` });
    await waiting.expect("notifications/message");
    const asking = await peer.call("insist");
    await asking.expect("elicitation/create");
    assert.equal((await peer.end()).status, 204);
    for (const messages of [listening, another, waiting.messages, asking.messages]) {
      const left = await messages.rest(5_000);
      assert.deepEqual(left.filter(({ method }) => method !== "notifications/cancelled"), []);
    }
    await hits.reached("cancelled-true");
  });

  test("needs a session that there is", async () => {
    assert.equal((await request(port, { method: "DELETE", path: "/mcp" })).status, 400);
    assert.equal((await request(port, { method: "DELETE", path: "/mcp", headers: { "mcp-session-id": "nosuch" } })).status, 404);
    const peer = await StreamablePeer.open(port);
    peer.session.id = `${peer.session.id.slice(0, -2)}AA`;
    assert.equal((await peer.end()).status, 404);
  });

  test("is 405 where sessions are light, and so is GET", async () => {
    const light = await startWorker(agent("counter"), { name: "light" });
    try {
      const session = await Session.open(light.port);
      const response = await session.end();
      assert.equal(response.status, 405);
      assert.doesNotMatch(response.headers.allow, /DELETE/);
      const peer = Object.assign(new StreamablePeer(), { session });
      assert.equal(await status(peer.get()), 405);
      assert.equal(await status(peer.get("x-1")), 405);
      assert.equal((await session.post(PING)).status, 200);
    } finally {
      await light.kill();
    }
  });

  test("405 of other methods names it where sessions are kept", async () => {
    const response = await request(port, { method: "PUT", path: "/mcp" });
    assert.equal(response.status, 405);
    assert.match(response.headers.allow, /DELETE/);
  });
});

describe("what is answered how", () => {
  test("a handler that is ready at once is plain JSON; for who takes only a stream it is one event", async () => {
    const { session } = await StreamablePeer.open(port);
    const ready = { jsonrpc: "2.0", id: 7, method: "tools/call", params: { name: "ready", arguments: {} } };
    const plain = await session.post(ready);
    assert.match(plain.headers["content-type"], /^application\/json/);
    assert.equal(text(plain.json.result), "ready");
    const streamed = await session.post(ready, { headers: { accept: "text/event-stream" } });
    assert.match(streamed.headers["content-type"], /^text\/event-stream/);
    assert.equal(streamed.text.match(/^data: ?\S/gm).length, 1, streamed.text);
    assert.match(streamed.text, /"ready"/);
  });

  test("so are requests that are not interactive, and refusals of those that are", async () => {
    const { session } = await StreamablePeer.open(port);
    for (const [method, params] of [["tools/list"], ["ping"], ["tools/call", { name: "total", arguments: {} }], ["logging/setLevel", { level: "error" }], ["resources/subscribe", BELL], ["tools/call", { name: "nosuch" }], ["tools/call", { name: "count", arguments: { n: "many" } }], ["nosuch"]]) {
      const { headers } = await session.send(method, params);
      assert.match(headers["content-type"], /^application\/json/, method);
    }
  });

  test("a client that takes no stream is refused, or gets JSON, before anything is asked", async () => {
    const { session } = await StreamablePeer.open(port);
    const response = await session.post({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "insist", arguments: {} } }, { headers: { accept: "application/json" }, limit: 5_000 });
    assert.match(response.headers["content-type"] ?? "", /^application\/json/);
    assert.ok(response.status === 406 || response.json.error, response.text);
  });

  for (const version of LEGACY.filter((version) => version !== "2024-11-05")) {
    test(`${version}: ids on every stream, each of them once, and an event that only names one where the version has it`, async () => {
      const peer = await StreamablePeer.open(port, { version, capabilities: {} });
      const listening = await peer.listen();
      assert.ok((await peer.request("resources/subscribe", BELL)).result);
      await ring();
      await listening.next();
      const exchanges = [await peer.call("count", { n: 3, ms: 1 }, { progress: 1 }), await peer.call("count", { n: 3, ms: 1 }, { progress: 2 })];
      const ids = [listening.lastId];
      for (const exchange of exchanges) {
        for (let i = 0; i < 4; i++) {
          await exchange.next();
          ids.push(exchange.lastId);
        }
      }
      assert.ok(ids.every((id) => /^[!-~]+-[1-9]\d*$/.test(id)), ids.join());
      assert.equal(new Set(ids).size, ids.length, ids.join());
      assert.equal(new Set(ids.map((id) => id.replace(/-\d+$/, ""))).size, 3, "each stream has its own");
      for (const { primed } of [listening, ...exchanges.map(({ messages }) => messages)]) {
        if (version < "2025-11-25") {
          assert.equal(primed, undefined);
        } else {
          assert.match(primed.id, /-0$/);
          assert.equal(primed.retry, "200");
          assert.ok(ids.some((id) => id.startsWith(primed.id.slice(0, -1))));
        }
      }
      listening.close();
    });
  }

  test("a stream says that nobody may keep or change it", async () => {
    const peer = await StreamablePeer.open(port);
    for (const events of [await peer.get(), await peer.post(peer.message("tools/call", { name: "count", arguments: { n: 1, ms: 10 } }))]) {
      assert.match(events.headers["cache-control"], /no-cache/);
      assert.equal(events.headers["x-accel-buffering"], "no");
      events.close();
    }
  });

  test("the stream of a call ends with its answer", async () => {
    const peer = await StreamablePeer.open(port);
    const exchange = await peer.call("count", { n: 2, ms: 1 }, { progress: 1 });
    await exchange.finish();
    assert.deepEqual(await exchange.messages.rest(2_000), []);
  });
});

describe("GET", () => {
  test("needs a session that there is, and an Accept for streams", async () => {
    const peer = await StreamablePeer.open(port);
    const { accept: _, ...headers } = peer.session.headers;
    assert.equal((await request(port, { method: "GET", path: "/mcp", headers: { ...headers, accept: "application/json" } })).status, 406);
    peer.session.id = "nosuch";
    assert.equal(await status(peer.get()), 404);
  });

  test("keeps the stream alive by comments", async () => {
    const peer = await StreamablePeer.open(port);
    const events = await peer.get();
    for (let i = 0; i < 2; i++) await events.next((item) => item.comment !== undefined, 3_000);
    events.close();
  });

  test("a message goes to one of several streams, whichever it is, and to none of another session", async () => {
    const [peer, other] = await Promise.all([StreamablePeer.open(port), StreamablePeer.open(port)]);
    const streams = await Promise.all([peer.listen(), peer.listen(), peer.listen()]);
    const stranger = await other.listen();
    await peer.request("resources/subscribe", BELL);
    const heard = () => streams.reduce((sum, { events }) => sum + events.pending.filter(({ data }) => data).length, 0);
    for (let i = 0; i < 5; i++) await ring();
    await eventually(5_000, "all are heard", () => heard() >= 5);
    // What is behind them on the same way comes later than a copy of them would.
    const exchange = await peer.call("count", { n: 1, ms: 50 }, { progress: 1 });
    await exchange.finish();
    assert.equal(heard(), 5);
    assert.deepEqual(stranger.events.pending.filter(({ data }) => data), []);
    for (const messages of [...streams, stranger]) messages.close();
  });

  test("what a call says comes on its own stream, never on another", async () => {
    const peer = await StreamablePeer.open(port);
    const listening = await peer.listen();
    const exchange = await peer.call("count", { n: 5, ms: 5 }, { progress: 1 });
    const asking = await peer.call("insist");
    await peer.accept(await asking.expect("elicitation/create"), ADA);
    assert.equal(await asking.text(), "Ada");
    assert.equal((await exchange.finish()).before.length, 5);
    assert.deepEqual(listening.events.pending.filter(({ data }) => data), []);
    listening.close();
  });
});

describe("Last-Event-ID", () => {
  const odd = ["x", "-", "1", "nosuch-1", "-1", "0-0", "a-b", "../1-1", "1-99999999999999999999", "1--1", "é-1", "0".repeat(4096), `${"0".repeat(32)}-1`];

  test("that is none, or of no stream of the session, is refused, and opens nothing", async () => {
    const peer = await StreamablePeer.open(port);
    const exchange = await peer.call("count", { n: 1 }, { progress: 1 });
    await exchange.finish();
    const stream = exchange.lastId.replace(/-\d+$/, "");
    for (const id of [...odd, `${stream}-x`, `${stream}-`, stream, `${stream}-1-1`]) {
      assert.equal(await status(peer.get(Buffer.from(id).toString("latin1"))), 400, id);
    }
    assert.equal((await peer.session.post(PING)).status, 200);
  });

  test("of another session is refused", async () => {
    const [peer, other] = await Promise.all([StreamablePeer.open(port), StreamablePeer.open(port)]);
    const exchange = await peer.call("count", { n: 30, ms: 20 }, { progress: 1 });
    await exchange.next();
    assert.equal(await status(other.get(exchange.lastId)), 400);
    assert.equal((await exchange.finish()).before.length, 29, "it was not disturbed");
  });

  test("beyond what was sent is refused", async () => {
    const peer = await StreamablePeer.open(port);
    const exchange = await peer.call("count", { n: 2, ms: 1 }, { progress: 1 });
    await exchange.finish();
    assert.equal(await status(peer.get(exchange.lastId.replace(/\d+$/, "500"))), 400);
  });

  test("of one stream brings what belongs to that one alone", async () => {
    const peer = await StreamablePeer.open(port);
    const [one, two] = [await peer.call("count", { n: 10, ms: 20, note: "one" }, { progress: 1 }), await peer.call("count", { n: 10, ms: 20, note: "two" }, { progress: 2 })];
    for (const exchange of [one, two]) {
      await exchange.next();
      exchange.cut();
      await exchange.resume();
    }
    for (const [i, exchange] of [one, two].entries()) {
      const { before, answer } = await exchange.finish();
      assert.deepEqual(before.map(({ params }) => [params.progressToken, params.progress]), Array.from({ length: 9 }, (_, k) => [i + 1, k + 2]));
      assert.ok(answer.result);
    }
  });

  test("of a stream that is still held: who came last has it", async () => {
    const peer = await StreamablePeer.open(port);
    const exchange = await peer.call("count", { n: 20, ms: 50 }, { progress: 1 });
    await exchange.next();
    const old = exchange.messages;
    await exchange.resume();
    const { before } = await exchange.finish();
    assert.deepEqual(before.map(({ params }) => params.progress), Array.from({ length: 19 }, (_, i) => i + 2));
    const late = await old.rest(3_000);
    assert.ok(late.every(({ method }) => method !== undefined), "the answer went to both");
  });

  test("on HTTP+SSE, of another session or of none, opens a new session or is refused, and takes nothing away", async () => {
    const [peer, other] = await Promise.all([SsePeer.open(port), SsePeer.open(port)]);
    for (const id of ["x", "nosuch-1", other.messages.lastId.replace(/-\d+$/, "-x")]) {
      const events = await peer.get(id);
      if (events.status === 200) {
        const first = await events.next();
        assert.equal(first.event, "endpoint");
        assert.ok(![peer, other].some(({ session }) => session.endpoint === first.data), id);
      } else {
        assert.ok([400, 404].includes(events.status), `${id}: ${events.status}`);
      }
      events.close();
    }
    for (const one of [peer, other]) {
      assert.deepEqual((await one.request("ping")).result, {});
      one.close();
    }
  });
});

describe("clients that are lost", () => {
  // The keepalive of this agent is a second: so long does it take until a lost client is noticed.
  for (const order of ["first", "last"]) {
    test(`of two streams the one that came ${order} is lost: what comes after a keepalive goes to the other`, async () => {
      const peer = await StreamablePeer.open(port);
      const streams = [await peer.listen(), await peer.listen()];
      await peer.request("resources/subscribe", BELL);
      const [lost, left] = order === "first" ? streams : streams.toReversed();
      lost.events.res.socket.destroy();
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      for (let i = 0; i < 4; i++) await ring();
      for (let i = 0; i < 4; i++) assert.equal((await left.next(2_000)).params.uri, BELL.uri);
      left.close();
    });
  }

  test("fifty lost listeners leave a session that listens and answers", async () => {
    const peer = await StreamablePeer.open(port);
    await peer.request("resources/subscribe", BELL);
    for (let i = 0; i < 5; i++) {
      const many = await Promise.all(Array.from({ length: 10 }, () => peer.get()));
      for (const events of many) events.close();
    }
    await eventually(5_000, "there is room for another", async () => (await status(peer.get())) === 200);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const listening = await peer.listen();
    await ring();
    assert.equal((await listening.next(3_000)).params.uri, BELL.uri);
    listening.close();
  });

  test("a client that is lost is no cancellation: the call goes on", async () => {
    for (const Peer of PEERS) {
      const peer = await Peer.open(port);
      const name = `lost-${Peer.name}`;
      const exchange = await peer.call("steps", { n: 4, ms: 400, url: `${hits.url}/${name}` }, { progress: 1 });
      await exchange.next();
      exchange.cut();
      await within(10_000, "all steps are taken", hits.reached("step4", 1 + PEERS.indexOf(Peer)));
      await exchange.resume();
      assert.match((await exchange.finish()).answer.result.content[0].text, /^step1#\d+ step2#\d+ step3#\d+ step4#\d+$/);
      peer.close();
    }
  });
});

describe("what is over is swept", () => {
  const NEEDLE = "a needle in the rows";
  const found = (storage) => rows(storage).filter(({ row }) => row.includes("needle"));

  test("a finished stream can be resumed until its time is up, is refused then, and its rows are gone", async () => {
    // This agent keeps finished streams for ten seconds. They pass in less: the clock is fast, and starts so slow that alarms, which
    // the platform sounds by a clock of its own, are not late.
    const short = await startWorker(speedClock(readProject(agent("session")), 4, 6_000), { name: "swept" });
    try {
      const peer = await StreamablePeer.open(short.port);
      const exchange = await peer.call("say", { text: NEEDLE, ms: 10 }, { progress: 1 });
      await exchange.next();
      const first = exchange.lastId;
      await exchange.finish();
      assert.equal((await (await peer.listen(first)).rest()).length, 1, "the answer, once more");
      assert.ok(found(short.storage).length > 0, "the needle is not where this test looks for it");
      await eventually(20_000, "its rows are gone", () => found(short.storage).length === 0);
      assert.equal(await status(peer.get(first)), 400);
      assert.equal((await peer.session.post(PING)).status, 200, "the session goes on");
    } finally {
      await short.kill();
    }
  });

  test("an ended session leaves nothing of what was said in it", async () => {
    const own = await startWorker(agent("interactive"), { name: "ended" });
    try {
      const peer = await StreamablePeer.open(own.port);
      const exchange = await peer.call("count", { n: 2, ms: 5, note: NEEDLE }, { progress: 1 });
      await exchange.finish();
      const asking = await peer.call("ask_form", { field: "needle" });
      await asking.expect("elicitation/create");
      assert.equal((await peer.end()).status, 204);
      await own.kill();
      assert.deepEqual(found(own.storage), []);
    } finally {
      await own.kill();
    }
  });
});
