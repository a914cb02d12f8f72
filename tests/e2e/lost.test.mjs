// Tasks that are lost: what survives a SIGKILL, and what is left when nobody comes back.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, beforeEach, describe, test } from "node:test";
import { startHits } from "../lib/hits.mjs";
import { modern, text } from "../lib/mcp.mjs";
import { rows } from "../lib/rows.mjs";
import { Task } from "../lib/tasks.mjs";
import { agent } from "../lib/tools.mjs";
import { eventually } from "../lib/wait.mjs";
import { startWorker } from "../lib/workerd.mjs";

/** `task_ttl` of the agent. */
const TTL = 40_000;

const accept = (content) => ({ action: "accept", content });
const ANSWERS = { to: accept({ street: "Elm" }), gift: accept({ card: true }) };
const from = (first, last) => Array.from({ length: last - first + 1 }, (_, i) => first + i);
const orders = async (port) => JSON.parse((await modern(port, "resources/read", { uri: "shop://orders" })).message.result.contents[0].text);

describe("SIGKILL", () => {
  let worker, hits;
  before(async () => {
    hits = await startHits();
    worker = await startWorker(agent("shop"), { name: "tasks-kill", local: true });
  });
  after(async () => {
    await worker?.kill();
    hits?.close();
  });
  beforeEach(() => hits.reset());

  async function kill(...tasks) {
    worker = await worker.restart();
    for (const task of tasks) task.port = worker.port;
  }
  /** Looks after it until its handler has reported this much. */
  const reported = (task, n) => task.until(({ statusMessage }) => Number.parseInt(statusMessage ?? "0") >= n);
  const parcels = (last) => from(1, last).map((n) => hits.count(`parcel${n}`));

  test("in the middle of ten seconds: its alarm goes on with it, nobody asks, and each step is taken once", async () => {
    const task = await Task.begin(worker.port, "pack", { parcels: 10, ms: 1_000, url: hits.url });
    await reported(task, 5);
    await kill(task);
    await hits.reached("sent", 1, 40_000);
    const ended = await task.until("completed");
    assert.equal(text(ended.result), "sent#1");
    assert.deepEqual(parcels(10), Array(10).fill(1));
    await kill(task);
    assert.deepEqual(await task.get(), ended);
    assert.equal(hits.count("sent"), 1);
  });

  test("three times in the middle of steps: it goes on as soon as it is asked for", async () => {
    const task = await Task.begin(worker.port, "pack", { parcels: 8, ms: 300, url: hits.url });
    for (const at of [2, 4, 6]) {
      await reported(task, at);
      await kill(task);
    }
    assert.equal(text((await task.until("completed", 5_000)).result), "sent#1");
    assert.deepEqual(parcels(8), Array(8).fill(1));
  });

  test("between a question and its answers, and between those", async () => {
    const task = await Task.begin(worker.port, "stock", { url: hits.url });
    const asks = await task.until("input_required");
    await kill(task);
    assert.deepEqual(await task.get(), asks);
    await task.update({ gift: ANSWERS.gift });
    await kill(task);
    assert.deepEqual(Object.keys((await task.until("input_required")).inputRequests), ["to"]);
    await task.update({ to: ANSWERS.to });
    const ended = await task.until("completed");
    assert.match(text(ended.result), /^shelf#1, true, \d+$/);
    await kill(task);
    assert.deepEqual(await task.get(), ended);
    assert.deepEqual(await orders(worker.port), ["Elm"]);
  });

  test("right behind the last answer: it counts, once", async () => {
    const task = await Task.begin(worker.port, "stock", { url: hits.url });
    await task.until("input_required");
    await task.update(ANSWERS);
    await kill(task);
    assert.match(text((await task.until("completed")).result), /^shelf#1, true, 2$/);
    assert.deepEqual(await orders(worker.port), ["Elm", "Elm"]);
  });

  test("right behind `tasks/cancel`: it stays cancelled", async () => {
    const task = await Task.begin(worker.port, "pack", { parcels: 100, ms: 20, url: hits.url });
    await task.cancel();
    await kill(task);
    hits.reset();
    assert.equal((await task.get()).status, "cancelled");
    await sleep(300);
    assert.equal(parcels(100).reduce((a, b) => a + b), 0);
  });

  test("twice without a step in between: it is given up", async () => {
    const task = await Task.begin(worker.port, "count", { to: 100, ms: 200 });
    await reported(task, 1);
    await kill(task);
    // What it has said already it does not say again: from here on it is the second play that speaks.
    await reported(task, 1 + Number.parseInt((await task.get()).statusMessage));
    await kill(task);
    assert.deepEqual((await task.until("failed")).error, { code: -32603, message: "internal error" });
  });
});

test("a thousand that nobody comes back for leave nothing when their time is over, whatever they were at", { timeout: 300_000 }, async () => {
  const hits = await startHits();
  let worker = await startWorker(agent("shop"), { name: "tasks-left", local: true });
  try {
    const kinds = [
      ["count", { to: 100, ms: 10_000 }],
      ["pack", { parcels: 2, ms: 10_000, url: hits.url }],
      ["stock", { url: hits.url }],
      ["close", {}],
      ["wait", { ms: 0 }],
      ["out_of_order", {}],
    ];
    let begun = 0;
    const begin = async (most) => {
      const some = async () => {
        while (begun < most) {
          const [name, args] = kinds[begun++ % kinds.length];
          await Task.begin(worker.port, name, args, undefined, { limit: 60_000 });
        }
      };
      await Promise.all(Array.from({ length: 16 }, some));
    };
    // Some are forgotten by a server that did not see them begin.
    await begin(100);
    worker = await worker.restart();
    await begin(1_000);
    await sleep(TTL + 5_000);
    // Each sweeps itself, when the machine comes to it.
    const left = () => rows(worker.storage).filter(({ row }) => /^(task|step|done)/.test(row));
    await eventually(120_000, "nothing is left", () => left().length === 0, 5_000);
    await worker.kill();
    assert.ok(rows(worker.storage).some(({ row }) => row.startsWith("sweep")), "the rows are read");
    assert.deepEqual(left().slice(0, 10), []);
  } finally {
    await worker.kill();
    hits.close();
  }
});
