// Pages that follow the state, with the clients of npm `agents`: what only the platform and the real clients can show is tested here, the rest in
// `runtime/tests/sync.rs`.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { authProject } from "../lib/authproject.mjs";
import { bearer, challenge, tool } from "../lib/guarded.mjs";
import { request } from "../lib/http.mjs";
import { modern, text } from "../lib/mcp.mjs";
import { Page, askTicket, closePages, draw, ticket, withTicket } from "../lib/page.mjs";
import { startProxy } from "../lib/proxy.mjs";
import { SocketClient } from "../lib/socket.mjs";
import { agent } from "../lib/tools.mjs";
import { eventually } from "../lib/wait.mjs";
import { startWorker } from "../lib/workerd.mjs";

const LIMIT = 10_000;
// An object is evicted by 12 s after the last thing that happened to it.
const ASLEEP = 14_000;
const TOKENS = {
  ADA_TOKEN: "ada-4f1b9a6e2d8c0b5a7e3f",
  BOB_TOKEN: "bob-7d9c52c1f0a34c6e8b1d",
  EVE_TOKEN: "eve-0c6e8b1d7d9c52c1f0a3",
  MALLORY_TOKEN: "mallory-8b1d7d9c52c1f0a34c6e",
};
const PATH = "/agents/synced/me";

let worker, port;
before(async () => {
  const folder = agent("synced");
  const declared = JSON.parse(readFileSync(join(folder, "auth", "declared.json"), "utf8"));
  worker = await startWorker(await authProject(folder, { declared, flags: [] }), { name: "synced", bindings: TOKENS });
  port = worker.port;
});
after(async () => {
  closePages(); // also those of tests that failed: they would come back for ever
  await worker?.kill();
});

const page = (who, options = {}, at = port) => Page.open(at, "synced", { name: "me", query: withTicket(at, PATH, TOKENS[`${who}_TOKEN`]), ...options });

/** Pages of these, who see the board as it is at first. */
async function pages(...names) {
  const all = names.map((name) => page(name));
  await Promise.all(all.map((one) => one.ready()));
  // One after the other: who has just come may say what it wrote before, and both at once may be what there was a moment ago.
  for (const fields of [{ title: "" }, { color: "red" }]) {
    all[0].write(fields);
    for (const one of all) await one.shows(fields);
  }
  return all;
}

const close = (...all) => all.forEach((one) => one.close());
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

describe("AgentClient", () => {
  test("is told what it is connected to, and has the state when it is ready", async () => {
    const ada = page("ADA");
    await ada.ready();
    assert.equal(ada.client.identified, true);
    assert.deepEqual([ada.client.agent, ada.client.name], ["synced", "me"]);
    assert.deepEqual(Object.keys(ada.state).sort(), ["color", "title", "total"]);
    close(ada);
  });

  test("what one writes, the others of its tenant see, and nobody else", async () => {
    const [ada, bob] = await pages("ADA", "BOB");
    const [eve] = await pages("EVE");
    ada.write({ title: "for acme" });
    await bob.shows({ title: "for acme" });
    bob.write({ color: "blue" });
    await ada.shows({ title: "for acme", color: "blue" });
    assert.equal(eve.state.title, "");
    assert.deepEqual([ada.errors, bob.errors], [[], []]);
    close(ada, bob, eve);
  });

  test("two who write at once both stand where it is two fields, and see the same in any case", async () => {
    const [ada, bob] = await pages("ADA", "BOB");
    for (let round = 0; round < 20; round++) {
      ada.write({ title: `ada ${round}` });
      bob.write({ color: `bob ${round}` });
      for (const one of [ada, bob]) await one.shows({ title: `ada ${round}`, color: `bob ${round}` });
    }
    for (let round = 0; round < 20; round++) {
      for (const [name, one] of [["ada", ada], ["bob", bob]]) one.write({ title: `${name} ${round}` });
      await eventually(LIMIT, "both show the same", () => ada.state.title === bob.state.title && ada.states.at(-1)?.title === bob.states.at(-1)?.title);
    }
    await wait(1500); // whatever was to come has come
    assert.deepEqual(ada.state, bob.state);
    close(ada, bob);
  });

  test("a field that only the agent writes, and a value that may not be, are refused with words", async () => {
    const [ada, bob] = await pages("ADA", "BOB");
    const { total } = ada.state;
    const seen = bob.states.length;
    ada.write({ total: 1000 });
    await eventually(LIMIT, "the error", () => ada.errors.length === 1);
    await ada.shows({ total });
    ada.write({ title: "x".repeat(51) });
    await eventually(LIMIT, "the other error", () => ada.errors.length === 2);
    await ada.shows({ title: "" });
    assert.deepEqual(ada.errors, ["a client may not write /total", "/title: must have at most 50 characters"]);
    assert.equal(bob.states.length, seen);
    close(ada, bob);
  });

  test("tools are called as methods, with the rights and the checks of MCP", async () => {
    const [ada, bob] = await pages("ADA", "BOB");
    const { total } = ada.state;
    assert.deepEqual(await ada.client.stub.add({ n: 5 }), { total: total + 5 });
    assert.equal(ada.state.total, total + 5, "the state is there before the answer");
    await bob.shows({ total: total + 5 });
    assert.equal(await ada.call("whoami"), "ada");
    assert.equal(await bob.call("whoami"), "bob");
    await assert.rejects(ada.call("clear"), { message: "You may not use this tool." });
    await assert.rejects(ada.call("add", { n: 0 }), { message: "Invalid arguments for the tool `add`:\n- /n: must be at least 1" });
    await assert.rejects(ada.call("add", 1), { message: "a tool takes one argument, an object of its parameters, or none" });
    await assert.rejects(ada.call("nothing"), { message: "unknown tool: nothing" });
    await assert.rejects(ada.call("ask"), /nobody could answer here/);
    await assert.rejects(ada.call("fail"), { message: "it is broken" });
    assert.equal(ada.state.total, total + 5);
    assert.equal(await bob.call("clear"), "cleared");
    await ada.shows({ total: 0 });
    close(ada, bob);
  });

  test("what a client of MCP changes, pages see", async () => {
    const [ada] = await pages("ADA");
    const { total } = ada.state;
    const answered = await tool(port, "add", { n: 2 }, bearer(TOKENS.BOB_TOKEN));
    assert.equal(answered.status, 200);
    await ada.shows({ total: total + 2 });
    close(ada);
  });

  test("a panic ends the connection whose call it was, which comes back; all others stay", async () => {
    const [ada, bob] = await pages("ADA", "BOB");
    const { total } = ada.state;
    await assert.rejects(ada.call("panic"), { message: "Connection closed" });
    assert.deepEqual(ada.closes, [{ code: 1011, reason: "internal error" }]);
    await ada.ready();
    ada.write({ title: "again" });
    await bob.shows({ title: "again", total });
    assert.deepEqual(bob.closes, []);
    close(ada, bob);
  });
});

describe("useAgent", () => {
  test("draws the state, writes it, calls, and hears why not", async () => {
    const [bob] = await pages("BOB");
    const drawn = draw({ agent: "synced", name: "me", host: `127.0.0.1:${port}`, query: withTicket(port, PATH, TOKENS.ADA_TOKEN) });
    await drawn.shows('"title":""');
    bob.write({ title: "by bob" });
    await drawn.shows('"title":"by bob"');
    drawn.agent.setState({ ...drawn.agent.state, color: "by ada" });
    await bob.shows({ color: "by ada" });
    assert.equal(await drawn.agent.call("whoami"), "ada");
    const { total } = bob.state;
    assert.deepEqual(await drawn.agent.stub.add({ n: 1 }), { total: total + 1 });
    drawn.agent.setState({ ...drawn.agent.state, total: 99 });
    await eventually(LIMIT, "the error", () => drawn.errors.length === 1);
    assert.deepEqual(drawn.errors, ["a client may not write /total"]);
    await drawn.shows(`"total":${total + 1}`);
    drawn.close();
    close(bob);
  });
});

describe("what is lost", () => {
  test("a client whose server was killed comes back with another ticket, and what it wrote is there", async () => {
    const folder = agent("synced");
    const declared = JSON.parse(readFileSync(join(folder, "auth", "declared.json"), "utf8"));
    let other = await startWorker(await authProject(folder, { declared, flags: [] }), { name: "synced-killed", bindings: TOKENS });
    const door = await startProxy(other.port);
    try {
      const at = Number(new URL(door.url).port);
      const [ada, bob] = ["ADA", "BOB"].map((who) => page(who, {}, at));
      await Promise.all([ada.ready(), bob.ready()]);
      ada.write({ title: "kept" });
      await bob.shows({ title: "kept" });
      other = await other.restart();
      door.cut();
      door.target(other.port);
      await eventually(LIMIT, "both are back", () => ada.client.identified && bob.client.identified && ada.states.length > 1);
      await ada.shows({ title: "kept" });
      bob.write({ title: "and on" });
      await ada.shows({ title: "and on" });
      close(ada, bob);
    } finally {
      door.close();
      await other.kill();
    }
  });

  test("a thousand who say nothing let the object sleep, and hear of what comes then", async () => {
    const [ada] = await pages("ADA");
    const idle = [];
    for (let begun = 0; begun < 1000; begun += 50) {
      const some = Array.from({ length: 50 }, async () => SocketClient.open(port, `${PATH}?ticket=${await ticket(port, PATH, TOKENS.BOB_TOKEN)}`));
      idle.push(...(await Promise.all(some)));
    }
    const first = await Promise.all(idle.map(async (one) => [await one.next(), await one.next()]));
    assert.ok(first.every(([identity, state]) => identity.includes("cf_agent_identity") && state.includes("cf_agent_state")));
    // While it is awake, an object knows what the state was a moment ago: who did not see the last change is understood.
    const late = await SocketClient.open(port, `${PATH}?ticket=${await ticket(port, PATH, TOKENS.ADA_TOKEN)}`);
    await late.next();
    const { state } = JSON.parse(await late.next());
    const stale = (title) => JSON.stringify({ type: "cf_agent_state", state: { ...state, title } });
    await ada.call("add", { n: 1 });
    await late.next();
    late.socket.send(stale("awake"));
    assert.deepEqual(JSON.parse(await late.next()).state, { ...state, title: "awake", total: state.total + 1 });
    await wait(ASLEEP);
    while (late.got.length > 0) late.got.shift();
    // One that slept does not.
    late.socket.send(stale("asleep"));
    assert.deepEqual(JSON.parse(await late.next()), { type: "cf_agent_state_error", error: "a client may not write /total" });
    ada.write({ title: "to all" });
    const heard = (one) => one.got.some((frame) => frame.includes('"title":"to all"'));
    await eventually(LIMIT, "all thousand hear of it", () => idle.every(heard));
    await Promise.all([late, ...idle].map((one) => one.close(1000)));
    close(ada);
  });
});

describe("who comes in", () => {
  const opened = (query) => SocketClient.open(port, `${PATH}${query}`);

  test("a ticket is good once, and for nobody without one", async () => {
    const one = await ticket(port, PATH, TOKENS.ADA_TOKEN);
    const ada = await opened(`?ticket=${one}`);
    await assert.rejects(opened(`?ticket=${one}`), /refused/);
    await assert.rejects(opened(`?ticket=${one.slice(0, -2)}AA`), /refused/);
    await assert.rejects(opened(""), /refused/);
    assert.ok(!worker.stderr().includes(one), "no ticket is in the log");
    await ada.close(1000);
  });

  test("fifty who come at once with one ticket are one", async () => {
    const one = await ticket(port, PATH, TOKENS.ADA_TOKEN);
    const all = await Promise.allSettled(Array.from({ length: 50 }, () => opened(`?ticket=${one}`)));
    const connected = all.filter(({ status }) => status === "fulfilled");
    assert.equal(connected.length, 1);
    await connected[0].value.close(1000);
  });

  test("who may not come in is told as by MCP", async () => {
    const nobody = await askTicket(port, PATH);
    assert.equal(nobody.status, 401);
    assert.deepEqual(challenge(nobody), { scheme: "Bearer" });
    const unknown = await askTicket(port, PATH, bearer("nobody-has-this-token"));
    assert.equal(unknown.status, 401);
    assert.equal(challenge(unknown).error, "invalid_token");
    const lacks = await askTicket(port, PATH, bearer(TOKENS.MALLORY_TOKEN));
    assert.equal(lacks.status, 403);
    const { error, scope } = challenge(lacks);
    assert.deepEqual({ error, scope }, { error: "insufficient_scope", scope: "use" });
    assert.equal((await request(port, { method: "GET", path: PATH, headers: bearer(TOKENS.ADA_TOKEN) })).status, 426);
    assert.equal((await askTicket(port, "/agents/synced/default", bearer(TOKENS.ADA_TOKEN))).status, 404);
  });

  test("a page of a declared origin asks, and no stranger's", async () => {
    const origin = "https://app.example";
    const preflight = await request(port, { method: "OPTIONS", path: `${PATH}/ticket`, headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization" } });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers["access-control-allow-origin"], origin);
    assert.match(preflight.headers["access-control-allow-headers"], /authorization/);
    const given = await askTicket(port, PATH, { ...bearer(TOKENS.ADA_TOKEN), origin });
    assert.equal(given.headers["access-control-allow-origin"], origin);
    assert.equal(given.headers["cache-control"], "no-store");
    assert.equal(given.json.expiresIn, 30);
    assert.equal((await askTicket(port, PATH, { ...bearer(TOKENS.ADA_TOKEN), origin: "https://evil.example" })).status, 403);
    const upgrade = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" };
    const evil = await request(port, { method: "GET", path: `${PATH}?ticket=${given.json.ticket}`, headers: { ...upgrade, origin: "https://evil.example" } });
    assert.equal(evil.status, 403);
  });
});

describe("a state that is only shown, to everybody", () => {
  let shown;
  before(async () => {
    shown = await startWorker(agent("shown"), { name: "shown" });
  });
  after(() => shown?.kill());

  test("a page sees it change, may not write it, and calls", async () => {
    const [ada, bob] = [0, 1].map(() => Page.open(shown.port, "Shown"));
    await Promise.all([ada.ready(), bob.ready()]);
    assert.deepEqual([ada.client.agent, ada.client.name, ada.state.count], ["shown", "default", 0]);
    ada.write({ count: 7 });
    await eventually(LIMIT, "the error", () => ada.errors.length === 1);
    assert.deepEqual(ada.errors, ["Connection is readonly"]);
    await ada.shows({ count: 0 });
    const added = await modern(shown.port, "tools/call", { name: "add", arguments: {} });
    assert.equal(text(added.message.result), "1");
    for (const one of [ada, bob]) await one.shows({ count: 1 });
    assert.equal(await bob.client.stub.add(), "2");
    await ada.shows({ count: 2 });
    assert.equal((await askTicket(shown.port, "/agents/shown/default")).status, 404);
    close(ada, bob);
  });

  test("its own connections are not among them", async () => {
    const page = Page.open(shown.port, "shown");
    await page.ready();
    const own = await SocketClient.open(shown.port, "/ws");
    assert.equal(await own.ask("of mine"), "1 of mine");
    await page.client.stub.add();
    assert.equal(await own.ask("nothing else"), "1 nothing else");
    await own.close(1000);
    close(page);
  });
});
