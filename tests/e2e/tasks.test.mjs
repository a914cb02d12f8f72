// Tasks, by hand: what a client sees of them over HTTP.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, beforeEach, describe, test } from "node:test";
import { startHits } from "../lib/hits.mjs";
import { modern, Session, text } from "../lib/mcp.mjs";
import { Rounds, send } from "../lib/rounds.mjs";
import { hear, knowing, needsTasks, Task } from "../lib/tasks.mjs";
import { agent } from "../lib/tools.mjs";
import { startWorker } from "../lib/workerd.mjs";

/** `task_ttl` of the agent. */
const TTL = 40_000;
const ACTS = ["tasks/get", "tasks/update", "tasks/cancel"];

const accept = (content) => ({ action: "accept", content });
const ANSWERS = { to: accept({ street: "Elm" }), gift: accept({ card: true }), confirm: accept({}) };
const from = (first, last) => Array.from({ length: last - first + 1 }, (_, i) => first + i);
const plain = async (port, name, args = {}, options) => (await modern(port, "tools/call", { name, arguments: args }, options)).message.result;
const orders = async (port) => JSON.parse((await modern(port, "resources/read", { uri: "shop://orders" })).message.result.contents[0].text);

describe("tasks", () => {
  let worker, port, hits;
  before(async () => {
    hits = await startHits();
    worker = await startWorker(agent("shop"), { name: "tasks", local: true });
    port = worker.port;
  });
  after(async () => {
    await worker?.kill();
    hits?.close();
  });
  beforeEach(() => hits.reset());

  test("a call is answered by a receipt, progress is a status, and the result is what the call would have had", async () => {
    const release = hits.hold("parcel2");
    const task = await Task.begin(port, "pack", { parcels: 2, ms: 0, url: hits.url });
    assert.deepEqual([task.made.status, task.made.ttlMs, task.made.pollIntervalMs], ["working", TTL, 1_000]);
    assert.ok(Math.abs(Date.parse(task.made.createdAt) - Date.now()) < 10_000);
    await hits.reached("parcel2");
    assert.equal((await task.get()).status, "working", "the receipt waits for nothing");
    assert.equal((await task.until(({ statusMessage }) => statusMessage !== undefined)).statusMessage, "1 of 2");
    release();
    const ended = await task.until("completed");
    assert.equal(text(ended.result), "sent#1");
    assert.equal(ended.result.resultType, "complete");
    assert.deepEqual(await task.get(), ended);
    const counted = await Task.begin(port, "count", { to: 3, ms: 1 });
    assert.deepEqual((await counted.until("completed")).result.structuredContent, { counted: 3 });
  });

  test("a JSON-RPC error is `failed`, and says what it was", async () => {
    const task = await Task.begin(port, "out_of_order");
    const ended = await task.until("failed");
    assert.deepEqual([ended.error, ended.statusMessage], [{ code: -32000, message: "out of order" }, "out of order"]);
  });

  test("arguments that are none make no task", async () => {
    const { answer } = await send(port, "tools/call", { name: "count", arguments: { to: 0 } }, knowing);
    assert.equal(answer.result?.resultType ?? "error", answer.error ? "error" : "complete", JSON.stringify(answer));
  });

  describe("a client that knows no tasks", () => {
    test("is refused by a tool that must be one, and by all that is about tasks", async () => {
      const task = await Task.begin(port, "wait", { ms: 0 });
      needsTasks(await send(port, "tools/call", { name: "count", arguments: { to: 1 } }));
      for (const method of ACTS) needsTasks(await send(port, method, { taskId: task.id, inputResponses: {} }));
      needsTasks(await send(port, "subscriptions/listen", { notifications: { taskIds: [task.id] } }));
    });

    test("waits for the answer where it may", async () => {
      const { message } = await modern(port, "tools/call", { name: "wait", arguments: { ms: 10 } });
      assert.deepEqual([message.result.resultType, text(message.result)], ["complete", "waited"]);
    });

    test("waits for the answer in a session, which has no tasks", async () => {
      const session = await Session.open(port);
      assert.deepEqual((await session.call("count", { to: 2, ms: 1 })).structuredContent, { counted: 2 });
      for (const method of ACTS) assert.equal((await session.send(method, { taskId: "x" })).message.error?.code, -32601);
      await session.end();
    });
  });

  test("the name of a task stands in a header", async () => {
    const task = await Task.begin(port, "wait", { ms: 0 });
    for (const method of ACTS) {
      for (const name of ["", "other", `${task.id}A`]) {
        const { status, answer } = await send(port, method, { taskId: task.id, inputResponses: {} }, knowing, { headers: { "mcp-name": name } });
        assert.deepEqual([status, answer.error?.code], [400, -32020], JSON.stringify(answer));
      }
    }
  });

  test("what a server lists of tasks is that it has them", async () => {
    const { message } = await modern(port, "server/discover");
    assert.deepEqual(message.result.capabilities.extensions?.["io.modelcontextprotocol/tasks"], {});
    for (const method of ["tasks/list", "tasks/result"]) {
      const { status, answer } = await send(port, method, { taskId: "x" }, knowing);
      assert.deepEqual([status, answer.error?.code], [404, -32601]);
    }
  });

  describe("questions", () => {
    test("are in the task, and are answered one by one; what was not asked or is answered is ignored", async () => {
      const task = await Task.begin(port, "stock", { url: hits.url });
      const asks = await task.until("input_required");
      assert.deepEqual([Object.keys(asks.inputRequests), asks.statusMessage], [["to", "gift"], "asking"]);
      assert.equal(asks.inputRequests.to.params.message, "Where is the shelf?");
      await task.update({});
      await task.update({ nobody: accept({}) });
      assert.deepEqual(await task.get(), asks);
      await task.update({ to: ANSWERS.to, nobody: accept({}) });
      const rest = await task.until(({ inputRequests }) => Object.keys(inputRequests ?? {}).length === 1);
      assert.deepEqual(Object.keys(rest.inputRequests), ["gift"]);
      await task.update({ to: accept({ street: "Oak" }), gift: ANSWERS.gift });
      const ended = await task.until("completed");
      assert.match(text(ended.result), /^shelf#1, true, \d+$/);
      assert.equal((await orders(port)).at(-1), "Elm", "an answer stays what it was");
      await task.update({ gift: accept({ card: false }) });
      assert.deepEqual(await task.get(), ended);
      assert.equal(hits.count("shelf"), 1);
    });

    test("that are answered by what is no answer go on waiting", async () => {
      const task = await Task.begin(port, "stock", { url: hits.url });
      const asks = await task.until("input_required");
      for (const inputResponses of [undefined, null, 7, "x", [], { to: 7 }, { to: null }, { to: [] }]) {
        const { answer } = await task.send("tasks/update", { inputResponses });
        assert.equal(answer.error?.code, -32602, JSON.stringify(inputResponses));
      }
      assert.deepEqual(await task.get(), asks);
      await task.cancel();
    });

    for (const [what, response] of Object.entries({ declined: { action: "decline" }, "against its form": accept({ street: "" }) })) {
      test(`an answer that is ${what}: the call ends as a call would, and changes nothing`, async () => {
        const start = await orders(port);
        const task = await Task.begin(port, "stock", { url: hits.url });
        await task.until("input_required");
        await task.update({ to: response, gift: ANSWERS.gift });
        const ended = await task.until(({ status }) => status !== "working" && status !== "input_required");
        assert.deepEqual([ended.status, ended.result?.isError], ["completed", true], JSON.stringify(ended));
        assert.deepEqual(await orders(port), start);
      });
    }

    test("before a tool runs are the task's too", async () => {
      const start = await orders(port);
      const [yes, no] = await Promise.all([Task.begin(port, "close", { ms: 10 }), Task.begin(port, "close", { ms: 20 })]);
      const asks = await yes.until("input_required");
      assert.equal(asks.inputRequests.confirm.params.message, "Close it, with 10 ms of notice?");
      await no.until("input_required");
      await yes.update({ confirm: ANSWERS.confirm });
      await no.update({ confirm: { action: "decline" } });
      assert.equal(text((await yes.until("completed")).result), "closed");
      assert.equal((await no.until("completed")).result.isError, true);
      assert.deepEqual(await orders(port), [...start, "closed"]);
    });

    test("of a tool with a handle, which is kept with the state", async () => {
      const { cart } = (await plain(port, "create_cart")).structuredContent;
      await plain(port, "add_item", { cart, sku: "tea", qty: 2 }, { headers: { "mcp-param-quantity": "2" } });
      const start = await orders(port);
      const task = await Task.begin(port, "send", { cart });
      for (const key of ["to", "gift"]) {
        const { inputRequests } = await task.until(({ inputRequests }) => inputRequests?.[key] !== undefined);
        assert.deepEqual(Object.keys(inputRequests), [key]);
        assert.deepEqual(await orders(port), start);
        await task.update({ [key]: ANSWERS[key] });
      }
      assert.equal(text((await task.until("completed")).result), "2 for Elm with a card, 2 taken");
      assert.deepEqual(await orders(port), [...start, "2 for Elm"]);
      assert.deepEqual((await plain(port, "show_cart", { cart })).structuredContent.lines, []);
    });

    test("of a handle that is none", async () => {
      const task = await Task.begin(port, "send", { cart: "0".repeat(32) });
      const ended = await task.until(({ status }) => status === "completed" || status === "failed");
      assert.ok(ended.error ?? ended.result.isError, JSON.stringify(ended));
    });
  });

  test("a call that becomes a task when its questions are over", async () => {
    const call = Rounds.tool(port, "reserve", { url: hits.url });
    await call.ask(undefined, knowing);
    assert.deepEqual(Object.keys(call.asked), ["to"]);
    const first = await call.send({ to: ANSWERS.to }, knowing);
    assert.equal(first.answer.result?.resultType, "task", JSON.stringify(first.answer));
    const task = new Task(port, first.answer.result);
    const again = await call.send({ to: ANSWERS.to }, knowing);
    assert.equal(again.answer.result?.resultType, "task");
    const asks = await task.until("input_required");
    assert.deepEqual(Object.keys(asks.inputRequests), ["gift"]);
    // The last round, sent twice, is one task.
    await new Task(port, again.answer.result).update({ gift: ANSWERS.gift });
    assert.equal(text((await task.until("completed")).result), "early#1, late#1, Elm, true");
    assert.deepEqual([hits.count("early"), hits.count("late")], [1, 1]);
  });

  describe("cancelled", () => {
    for (const [where, name, args] of [["where it is", "pack", { parcels: 100, ms: 50 }], ["while it asks where the state is", "stock", {}]]) {
      test(`${where}: at once, and nothing goes on`, async () => {
        const task = await Task.begin(port, name, { ...args, url: hits.url });
        await task.until(({ statusMessage }) => statusMessage !== undefined);
        await task.cancel();
        const over = await task.get();
        assert.equal(over.status, "cancelled");
        const done = from(1, 100).map((n) => hits.count(`parcel${n}`));
        await sleep(500);
        // One may have been on its way.
        assert.ok(from(1, 100).filter((n) => hits.count(`parcel${n}`) !== done[n - 1]).length <= 1);
        assert.equal(hits.count("sent"), 0);
        await task.cancel();
        await task.update(ANSWERS);
        assert.deepEqual(await task.get(), over);
      });
    }

    test("when it is over: it stays what it was", async () => {
      const task = await Task.begin(port, "wait", { ms: 0 });
      const ended = await task.until("completed");
      await task.cancel();
      assert.deepEqual(await task.get(), ended);
    });
  });

  describe("ids", () => {
    const objects = () => readdirSync(worker.storage, { recursive: true }).filter((file) => file.endsWith(".sqlite")).length;
    async function unknown(id, why) {
      for (const method of ACTS) {
        const { answer } = await new Task(port, { taskId: id }).send(method, { inputResponses: {} });
        assert.equal(answer.error?.code, -32602, `${method} ${why}: ${JSON.stringify(answer)}`);
      }
    }

    test("that were made up, changed or cut are of no task, and make no object", async () => {
      const { id } = await Task.begin(port, "wait", { ms: 0 });
      const there = objects();
      for (let i = 0; i < id.length; i += 3) await unknown(id.slice(0, i) + (id[i] === "A" ? "B" : "A") + id.slice(i + 1), `changed at ${i}`);
      for (const other of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") {
        if (other !== id.at(-1)) await unknown(id.slice(0, -1) + other, `ends in ${other}`);
      }
      for (const other of ["x", id.slice(1), id.slice(0, -1), `${id}A`, `${id}=`, id + id, "task:00000000000000000000000000000000", "\u{1f600}"]) await unknown(other, other);
      assert.equal(objects(), there);
    });

    test("that are no strings are refused", async () => {
      for (const taskId of [7, null, [], {}, undefined]) {
        for (const method of ACTS) {
          const { answer } = await send(port, method, { taskId, inputResponses: {} }, knowing, { headers: { "mcp-name": "x" } });
          assert.equal(answer.error?.code, -32602, JSON.stringify(answer));
        }
      }
    });

    test("of another server are of no task here", async () => {
      const other = await startWorker(agent("shop"), { name: "tasks-other" });
      try {
        await unknown((await Task.begin(other.port, "wait", { ms: 0 })).id, "another's");
      } finally {
        await other.kill();
      }
    });
  });

  describe("who listens", () => {
    test("hears each status as `tasks/get` has it, beginning with the one that it is; ids that are none are left out", async () => {
      const [asking, counting] = await Promise.all([Task.begin(port, "stock", { url: hits.url }), Task.begin(port, "count", { to: 4, ms: 500 })]);
      const asks = await asking.until("input_required");
      const ids = [asking.id, "forged", counting.id, asking.id];
      const [both, one] = await Promise.all([hear(port, ids), hear(port, [counting.id])]);
      assert.deepEqual([both.honoured, one.honoured], [{ taskIds: [asking.id, counting.id] }, { taskIds: [counting.id] }]);
      const bare = ({ _meta, resultType, ...task }) => task;
      const [first] = await both.until(asking, "input_required");
      assert.deepEqual(first, bare(asks));
      await asking.update(ANSWERS);
      const said = await both.until(asking, "completed");
      assert.deepEqual(said.at(-1), bare(await asking.get()));
      const counted = await one.until(counting, "completed");
      assert.equal(counted[0].status, "working");
      assert.deepEqual(counted.at(-1), bare(await counting.get()));
      assert.ok(counted.some(({ statusMessage }) => statusMessage === "4 of 4"), JSON.stringify(counted));
      both.close();
      one.close();
    });

    test("hears of the end, if that was before", async () => {
      const task = await Task.begin(port, "wait", { ms: 0 });
      await task.until("completed");
      const listening = await hear(port, [task.id]);
      assert.equal((await listening.next()).status, "completed");
      listening.close();
    });

    test("ten at once hear that it was cancelled, whoever has left", async () => {
      const task = await Task.begin(port, "stock", { url: hits.url });
      const all = await Promise.all(from(1, 10).map(() => hear(port, [task.id])));
      const left = all.splice(0, 5);
      for (const listening of left) listening.close();
      await task.until("input_required");
      await task.cancel();
      for (const listening of all) {
        assert.equal((await listening.until(task, "cancelled")).at(-1).status, "cancelled");
        listening.close();
      }
    });

    test("asks for at most 256, in an array of strings", async () => {
      for (const taskIds of [Array(257).fill("x"), "x", 7, {}, [7], [null]]) {
        const { answer } = await send(port, "subscriptions/listen", { notifications: { taskIds } }, knowing);
        assert.equal(answer.error?.code, -32602, JSON.stringify(taskIds).slice(0, 50));
      }
    });
  });
});
