// State: lasts, is serialised, is committed or dropped as a whole, and has a largest size.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { modern, Session, SseSession, text } from "../lib/mcp.mjs";
import { agent } from "../lib/tools.mjs";
import { startWorker } from "../lib/workerd.mjs";

const KITCHEN = { path: "/api/mcp" };

async function call(port, name, args = {}, options = {}) {
  const { message } = await modern(port, "tools/call", { name, arguments: args }, options);
  assert.ok(message.result, JSON.stringify(message));
  return message.result;
}

const counter = async (port) => (await call(port, "value")).structuredContent.counter;

describe("the counter", () => {
  let worker;
  before(async () => {
    worker = await startWorker(agent("counter"), { name: "state" });
  });
  after(() => worker?.kill());

  test("starts at its default", async () => {
    assert.equal(await counter(worker.port), 1);
    assert.match((await modern(worker.port, "prompts/get", { name: "report" })).message.result.messages[0].content.text, /stands at 1\./);
  });

  test("200 concurrent adds over every transport end at the exact sum", async () => {
    const { port } = worker;
    const start = await counter(port);
    const sessions = await Promise.all(Array.from({ length: 4 }, () => Session.open(port)));
    const streams = await Promise.all(Array.from({ length: 4 }, () => SseSession.open(port)));
    const adds = Array.from({ length: 200 }, (_, i) => {
      const a = i % 7;
      const ways = [() => call(port, "add", { a }), () => sessions[i % 4].call("add", { a })];
      return { a, run: ways[i % 3] };
    });
    const overStreams = adds.filter(({ run }) => run === undefined);
    const results = await Promise.all([
      ...adds.filter(({ run }) => run).map(({ run }) => run()),
      // One at a time on a stream, as its `send` reads the stream; the four run side by side.
      ...streams.map(async (stream, s) => {
        const mine = overStreams.filter((_, i) => i % 4 === s);
        const texts = [];
        for (const { a } of mine) texts.push(await stream.call("add", { a }));
        return texts;
      }),
    ]);
    for (const stream of streams) stream.close();
    const answers = results.flat();
    assert.equal(answers.length, 200);
    for (const answer of answers) assert.match(text(answer), /^now \d+$/);
    assert.equal(await counter(port), start + adds.reduce((sum, { a }) => sum + a, 0));
  });

  test("no two of 200 concurrent callers see the same total", async () => {
    const { port } = worker;
    const start = await counter(port);
    const answers = await Promise.all(Array.from({ length: 200 }, () => call(port, "add", { a: 1 })));
    const totals = answers.map((a) => Number(text(a).slice(4))).sort((a, b) => a - b);
    assert.deepEqual(totals, Array.from({ length: 200 }, (_, i) => start + 1 + i));
  });

  test("what was answered survives SIGKILL, at once", async () => {
    let now = await counter(worker.port);
    for (let round = 0; round < 3; round++) {
      const answer = await call(worker.port, "add", { a: 10 });
      worker = await worker.restart();
      now += 10;
      assert.equal(text(answer), `now ${now}`);
      assert.equal(await counter(worker.port), now);
    }
  });

  test("killed among writes, it keeps every write that was answered", async () => {
    const { port } = worker;
    const start = await counter(port);
    let answered = 0;
    let sent = 0;
    const writer = async () => {
      for (;;) {
        sent++;
        try {
          const result = await call(port, "add", { a: 1 });
          if (!result.isError) answered++;
        } catch (error) {
          if (!/ECONN|socket hang up|EPIPE/.test(`${error.code} ${error.message}`)) throw error;
          return;
        }
        if (answered === 40) killed ??= worker.restart();
      }
    };
    let killed;
    await Promise.all(Array.from({ length: 8 }, writer));
    worker = await killed;
    const now = await counter(worker.port);
    assert.ok(answered >= 40);
    assert.ok(now >= start + answered && now <= start + sent, `${start} + ${answered} answered of ${sent} sent <= ${now}`);
  });
});

describe("the kitchen", () => {
  let worker, port;
  before(async () => {
    worker = await startWorker(agent("kitchen"), { name: "kitchen-state" });
    port = worker.port;
  });
  after(() => worker?.kill());

  const served = async () => (await call(port, "served", {}, KITCHEN)).structuredContent;
  const serve = (args) => call(port, "serve", args, KITCHEN);

  test("a writer that awaits between reading and writing loses no update", async () => {
    const start = (await served()).served;
    const answers = await Promise.all(Array.from({ length: 50 }, () => serve({})));
    for (const answer of answers) assert.notEqual(answer.isError, true, JSON.stringify(answer));
    assert.equal((await served()).served, start + 50);
  });

  test("readers go on while a writer waits, and see committed state only", async () => {
    const start = (await served()).served;
    const writing = Promise.all(Array.from({ length: 20 }, () => serve({})));
    const seen = [];
    let done = false;
    writing.then(() => (done = true));
    while (!done) seen.push((await served()).served);
    await writing;
    assert.ok(seen.every((n, i) => n >= start && n <= start + 20 && (i === 0 || n >= seen[i - 1])), String(seen));
    assert.ok(new Set(seen).size > 2, `readers ran between the writers: ${seen}`);
  });

  test("a handler that fails changes nothing, now and after a restart", async () => {
    const before = await served();
    for (let i = 0; i < 3; i++) {
      const failed = await serve({ entry: "never", fail: true });
      assert.equal(failed.isError, true);
    }
    assert.deepEqual(await served(), before);
    worker = await worker.restart();
    port = worker.port;
    assert.deepEqual(await served(), before);
  });

  test("a state over max_bytes is refused, says so, and loses nothing", async () => {
    await serve({ entry: "x".repeat(500) });
    const before = await served();
    const refused = await serve({ entry: "y".repeat(2000) });
    assert.equal(refused.isError, true, JSON.stringify(refused));
    assert.match(text(refused), /2048|2 ?KiB/);
    assert.deepEqual(await served(), before);
    await serve({ entry: "small" });
    assert.deepEqual((await served()).log, [...before.log, "small"]);
    worker = await worker.restart();
    port = worker.port;
    assert.deepEqual((await served()).log, [...before.log, "small"]);
  });

  test("fields of named types, lists and texts are kept, and shown as resources", async () => {
    const read = async (uri) => (await modern(port, "resources/read", { uri }, KITCHEN)).message.result.contents[0].text;
    const dish = { title: "Sôupe", ingredients: [{ name: "leek", grams: 120.5 }, { name: "salt", grams: 1, note: "a pinch" }] };
    assert.equal(JSON.parse(await read("menu://special")), null, "optional, and not set");
    await call(port, "special", { dish }, KITCHEN);
    worker = await worker.restart();
    port = worker.port;
    assert.deepEqual(JSON.parse(await read("menu://special")), dish);
    assert.equal(await read("menu://motto"), "Eat well.", "a string is shown as it is, without quotes");
    assert.deepEqual(JSON.parse(await read("menu://log")), (await served()).log);
    assert.equal(await read("menu://count"), String((await served()).served));
    await call(port, "special", {}, KITCHEN);
    assert.equal(JSON.parse(await read("menu://special")), null);
  });
});
