// Tables beside the state, in workerd: one commit, migrations, who hears of what, and what runs later.

import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { SsePeer, StreamablePeer } from "../lib/exchange.mjs";
import { modern } from "../lib/mcp.mjs";
import { listen } from "../lib/rounds.mjs";
import { agent, scratch } from "../lib/tools.mjs";
import { eventually } from "../lib/wait.mjs";
import { startWorker } from "../lib/workerd.mjs";

const RECENT = "notes://recent";

let worker;
before(async () => {
  worker = await startWorker(agent("notes"), { name: "notes" });
});
after(() => worker?.kill());

const ask = async (method, params) => (await modern(worker.port, method, params)).message;
const call = async (name, args = {}) => (await ask("tools/call", { name, arguments: args })).result;
const add = async (title, text = "") => (await call("add_note", { title, text })).structuredContent;
const recent = async () => JSON.parse((await ask("resources/read", { uri: RECENT })).result.contents[0].text);
const titles = async () => (await recent()).map(({ title }) => title);

test("rows are written, found and shown", async () => {
  const note = await add("Bread", "flour, water, salt");
  assert.deepEqual(note, { id: note.id, title: "Bread", text: "flour, water, salt" });
  const find = async (words) => (await call("search_notes", { words })).structuredContent.notes;
  assert.deepEqual(await find("water flour"), [note]);
  assert.deepEqual(await find("\" OR NEAR("), []);
  assert.deepEqual((await recent())[0], note);
  const one = await ask("resources/read", { uri: `notes://note/${note.id}` });
  assert.deepEqual(JSON.parse(one.result.contents[0].text), [note]);
  assert.deepEqual(JSON.parse((await ask("resources/read", { uri: "notes://note/999" })).result.contents[0].text), []);
});

test("a statement that fails takes its call back, and says nothing of itself", async () => {
  await add("Once");
  const before = await titles();
  const again = await call("add_note", { title: "Once", text: "" });
  assert.deepEqual([again.isError, again.content[0].text], [true, "there is a note of this title"]);
  await add("Thrown");
  const { id } = (await recent()).find(({ title }) => title === "Thrown");
  await call("delete_note", { id });
  await add("Thrown");
  const back = await call("restore_note", { id });
  assert.deepEqual([back.isError, back.content[0].text], [true, "there is a note of this title"]);
  assert.deepEqual((await titles()).filter((title) => before.includes(title)), before);
});

test("whoever listens or subscribes hears of a change, on every transport, whoever made it", async () => {
  const listening = await listen(worker.port, { resourceSubscriptions: [RECENT] });
  const streams = [listening.messages];
  for (const Peer of [StreamablePeer, SsePeer]) {
    const peer = await Peer.open(worker.port);
    await peer.request("resources/subscribe", { uri: RECENT });
    streams.push(Peer === StreamablePeer ? await peer.listen() : peer.messages);
  }
  await add("Heard of");
  for (const messages of streams) {
    const heard = await messages.next();
    assert.deepEqual([heard.method, heard.params.uri], ["notifications/resources/updated", RECENT]);
  }
  await call("search_notes", { words: "Heard" });
  await call("add_note", { title: "Heard of", text: "refused" });
  await add("Last");
  for (const messages of streams) {
    assert.equal((await messages.next()).method, "notifications/resources/updated");
    await assert.rejects(messages.next(300), "more was heard than was changed");
    messages.close();
  }
});

test("a reminder is kept over a SIGKILL, and comes once", async () => {
  const first = await add("Remind me");
  await add("Newer");
  await call("remind", { id: first.id, seconds: 2 });
  worker = await worker.restart();
  assert.equal((await titles())[0], "Newer");
  await eventually(15_000, "the reminder comes", async () => (await titles())[0] === "Remind me");
  const newest = await add("Newest");
  await sleep(2_000);
  assert.equal((await recent())[0].id, newest.id, "it came twice");
});

test("a draft becomes a note in one commit", async () => {
  const { draft } = (await call("create_draft")).structuredContent;
  for (const text of ["one", "two"]) await call("write_line", { draft, text });
  await add("Taken");
  const refused = await call("publish_draft", { draft, title: "Taken" });
  assert.equal(refused.isError, true);
  const published = await call("publish_draft", { draft, title: "Numbers" });
  assert.equal(published.structuredContent.text, "one\ntwo");
  assert.equal((await call("write_line", { draft, text: "three" })).content[0].text, "1 lines");
});

describe("what another release has stored", () => {
  test("its rows are there, and a migration that was applied is not applied again", async () => {
    const before = await titles();
    worker = await worker.restart();
    assert.deepEqual(await titles(), before);
  });

  test("one whose migration is not the one that was applied answers nothing, and loses nothing", async () => {
    const before = await titles();
    await worker.kill();
    const { DatabaseSync } = await import("node:sqlite");
    const changed = scratch("changed");
    cpSync(worker.storage, changed, { recursive: true });
    const { readdirSync } = await import("node:fs");
    let found = 0;
    for (const file of readdirSync(changed, { recursive: true }).filter((file) => file.endsWith(".sqlite"))) {
      const database = new DatabaseSync(`${changed}/${file}`);
      const has = database.prepare("SELECT count(*) AS n FROM sqlite_master WHERE name = '_mcp_migration'").get();
      if (has.n) found += Number(database.prepare("UPDATE _mcp_migration SET hash = 'other' WHERE number = 1").run().changes);
      database.close();
    }
    assert.equal(found, 1);
    const other = await startWorker(agent("notes"), { name: "changed", storage: changed });
    try {
      const { message } = await modern(other.port, "resources/read", { uri: RECENT });
      assert.equal(message.error?.code, -32603, JSON.stringify(message));
      assert.match(other.stderr(), /the migration 1, `migrations\/0001_note\.sql`, is not what was applied/);
    } finally {
      await other.kill();
    }
    worker = await startWorker(agent("notes"), { name: "notes", storage: worker.storage });
    assert.deepEqual(await titles(), before);
  });
});
