// Panics, in every place where a handler runs, and what is as bad: a full stack, a JavaScript exception. Each resets the wasm instance of the isolate: its caller gets -32603 at once, nobody hangs, 100 good
// calls follow, the state is what it was, and open streams live on or are closed.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { request } from "../lib/http.mjs";
import { modern, modernRequest, Session, SseSession, text } from "../lib/mcp.mjs";
import { readProject, speedClock } from "../lib/project.mjs";
import { agent } from "../lib/tools.mjs";
import { eventually, within } from "../lib/wait.mjs";
import { startWorker } from "../lib/workerd.mjs";

let worker, port, session, streams;
before(async () => {
  worker = await startWorker(agent("panics"), { name: "panics" });
  port = worker.port;
  session = await Session.open(port);
  streams = await Promise.all([SseSession.open(port), SseSession.open(port)]);
});
after(() => worker?.kill());

// A hang is the defect: nothing may take longer than this.
const SOON = 5_000;
const call = (name, args = {}) => modern(port, "tools/call", { name, arguments: args }, { limit: SOON });
const count = async () => (await call("count")).message.result.structuredContent.count;

const noInside = (message) => assert.doesNotMatch(JSON.stringify(message), /panic|unreachable|RuntimeError|lib\.rs|wasm|await anything|front Worker|in the object|JavaScript/);

/** The caller's own id, -32603, nothing of the inside. */
function refused(message) {
  assert.equal(message.error?.code, -32603, JSON.stringify(message));
  noInside(message.error);
}

/** 100 good calls: in the front Worker and in the object, over each transport, some of them at once. */
async function hundredGoodCalls() {
  const start = await count();
  for (let i = 0; i < 20; i++) assert.equal(text((await call("fine")).message.result), "fine");
  for (let i = 0; i < 10; i++) assert.equal(text(await session.call("fine")), "fine");
  const answers = await Promise.all(Array.from({ length: 60 }, (_, i) => (i % 2 ? call("add", { a: 1 }) : call("fine"))));
  for (const { message } of answers) assert.ok(message.result && !message.result.isError, JSON.stringify(message));
  for (let i = 0; i < 10; i++) await session.call("add", { a: 1 });
  assert.equal(await count(), start + 40, "the state took every write, once");
}

/** Each stream either still answers, or has been closed so that its client connects again. It never just stays silent. */
async function streamsLiveOrClosed() {
  for (const [i, stream] of streams.entries()) {
    let alive = false;
    if (!stream.stream.ended) {
      const closed = stream.stream.closed.then(() => false);
      alive = await within(SOON, "a stream answers or is closed", Promise.race([stream.call("fine").then((r) => text(r) === "fine", () => false), closed]));
      if (!alive) await within(SOON, "a stream that does not answer is closed", stream.stream.closed);
    }
    if (!alive) streams[i] = await SseSession.open(port);
  }
}

afterEach(async () => {
  await hundredGoodCalls();
  await streamsLiveOrClosed();
});

describe("the caller is answered at once, with -32603", () => {
  for (const tool of ["front_sync", "front_async", "front_task", "read_sync", "read_async", "write_sync", "write_async", "object_task",
    "front_overflow", "write_overflow", "front_throw", "front_throw_async", "write_throw", "write_throw_async"]) {
    test(`2026-07-28: ${tool}`, async () => {
      const before = await count();
      const { status, message } = await call(tool);
      assert.equal(status, 500);
      refused(message);
      assert.equal(await count(), before, "nothing of a handler that panicked is kept");
    });

    test(`2025-11-25: ${tool}`, async () => {
      const { message } = await session.send("tools/call", { name: tool, arguments: {} }, { limit: SOON });
      refused(message);
    });

    test(`HTTP+SSE: ${tool}`, async () => {
      const stream = await SseSession.open(port);
      const answered = stream.send("tools/call", { name: tool, arguments: {} }, { limit: SOON });
      const closed = stream.stream.closed.then(() => null);
      const answer = await within(SOON, "an answer on the stream, or its end", Promise.race([answered.catch(() => closed), closed]));
      if (answer) refused(answer);
      stream.close();
    });
  }
});

test("a handler that waits for what never comes is ended by the platform, and others go on", async () => {
  const { headers, message } = modernRequest("tools/call", { name: "front_never", arguments: {} });
  const response = await request(port, { headers, body: JSON.stringify(message) }, SOON);
  assert.equal(response.status, 500);
});

test("a writer that waits for what never comes is given up, and those who queued behind it go on", async () => {
  // A hundred times as fast: the half minute that a writer may take is over in 0.3 s.
  const fast = await startWorker(speedClock(readProject(agent("panics")), 100), { name: "panics-fast" });
  try {
    const ask = async (name, args = {}) => (await modern(fast.port, "tools/call", { name, arguments: args }, { limit: SOON })).message;
    await ask("add", { a: 1 });
    const [never, ...adds] = await Promise.all([ask("write_never"), ...Array.from({ length: 5 }, () => ask("add", { a: 1 }))]);
    assert.ok(never.error?.code === -32603 || never.result?.isError, JSON.stringify(never));
    for (const add of adds) assert.ok(add.result && !add.result.isError, JSON.stringify(add));
    assert.equal((await ask("count")).result.structuredContent.count, 6, "and nothing of it is kept");
  } finally {
    await fast.kill();
  }
});

describe("a late panic, in a task that nobody awaits", () => {
  for (const tool of ["front_late", "object_late"]) {
    test(tool, async () => {
      const before = await count();
      const seen = worker.stderr().length;
      assert.equal(text((await call(tool)).message.result), "answered");
      // The panic shows in the log; until it is there, nothing was tested.
      await eventually(SOON, "the task has panicked", () => worker.stderr().slice(seen).includes("a late panic"));
      assert.equal(await count(), before);
    });

    test(`${tool}, ten times, among good calls`, async () => {
      const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => call(i % 3 ? "fine" : tool)));
      for (const { message } of answers) {
        if (message.error) refused(message);
        else assert.match(text(message.result), /^(fine|answered)$/);
      }
    });
  }
});

test("the head of a panic's call is read anew by the next instance", async () => {
  for (let i = 0; i < 3; i++) {
    const seen = worker.stderr().length;
    assert.equal(text((await call("front_late")).message.result), "answered");
    await eventually(SOON, "the task has panicked", () => worker.stderr().slice(seen).includes("a late panic"));
  }
});

describe("callers that were waiting while somebody else panicked", () => {
  for (const waiting of ["wait", "wait_object"]) {
    for (const tool of ["front_sync", "front_async", "read_sync", "write_async", "front_late", "object_late"]) {
      test(`${waiting} during ${tool}`, async () => {
        const waiters = Array.from({ length: 5 }, () => call(waiting, { ms: 400 }));
        const panicked = call(tool);
        for (const { message } of await Promise.all([...waiters, panicked])) {
          if (message.error) refused(message);
          else assert.match(text(message.result), /^(waited|answered)$/);
        }
      });
    }
  }

  test("writers that queue behind one that panics", async () => {
    const before = await count();
    const answers = await Promise.all([
      ...Array.from({ length: 10 }, () => call("add", { a: 1 })),
      call("write_async"),
      ...Array.from({ length: 10 }, () => call("add", { a: 1 })),
    ]);
    let done = 0;
    for (const { message } of answers) {
      if (message.error) refused(message);
      else done++;
    }
    assert.equal(await count(), before + done, "every write that was answered is kept, and no other");
  });
});

describe("a batch of 2025-03-26 in which one message panics", () => {
  const ask = (id, name, args = {}) => ({ jsonrpc: "2.0", id, method: "tools/call", params: { name, arguments: args } });

  for (const tool of ["front_sync", "front_async", "read_sync", "write_sync", "write_async"]) {
    test(`${tool}: that one is -32603, by its id`, async () => {
      const batches = await Session.open(port, "2025-03-26");
      const before = await count();
      const response = await batches.post([ask(1, "add", { a: 1 }), ask("bad", tool), ask(2, "fine"), { jsonrpc: "2.0", id: 3, method: "ping" }], { limit: SOON });
      assert.equal(response.status, 200, response.text);
      const [added, bad, fine, ping] = response.json;
      assert.deepEqual([added, bad, fine, ping].map((answer) => answer.id), [1, "bad", 2, 3], response.text);
      refused(bad);
      assert.deepEqual(ping.result, {});
      // Who was waiting on the instance that was lost may have got the same.
      if (fine.error) refused(fine);
      if (added.error) refused(added);
      else assert.equal(await count(), before + 1);
    });

    test(`${tool}, over HTTP+SSE`, async () => {
      const stream = await SseSession.open(port, { version: "2025-03-26" });
      const accepted = await stream.post([ask("bad", tool), { jsonrpc: "2.0", id: 3, method: "ping" }], { limit: SOON });
      assert.equal(accepted.status, 202, accepted.text);
      const answers = [];
      while (answers.length < 2) answers.push(JSON.parse((await within(SOON, "an answer", stream.stream.next())).data));
      refused(answers.find((answer) => answer.id === "bad"));
      assert.deepEqual(answers.find((answer) => answer.id === 3).result, {});
      stream.close();
    });
  }
});

test("the state survives panics and SIGKILL", async () => {
  await call("add", { a: 5 });
  const before = await count();
  await call("write_sync");
  await call("write_async");
  worker = await worker.restart();
  port = session.port = worker.port;
  streams = await Promise.all([SseSession.open(port), SseSession.open(port)]);
  assert.equal(await count(), before);
});

test("a hundred panics", async () => {
  const before = await count();
  for (let i = 0; i < 100; i++) {
    const { message } = await call(["front_sync", "read_sync", "write_sync", "write_async"][i % 4]);
    refused(message);
  }
  assert.equal(await count(), before);
});
