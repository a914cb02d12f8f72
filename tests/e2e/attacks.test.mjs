// Attacks on `requestState`, over HTTP: what is known of a call between two rounds is in the hands of whoever sends the next request.

import assert from "node:assert/strict";
import http from "node:http";
import { after, before, describe, test } from "node:test";
import { startHits } from "../lib/hits.mjs";
import { modern, text } from "../lib/mcp.mjs";
import { readProject, shiftClock } from "../lib/project.mjs";
import { meta, roundRequest, Rounds, send } from "../lib/rounds.mjs";
import { agent } from "../lib/tools.mjs";
import { startWorker } from "../lib/workerd.mjs";

const ADA = { name: "Ada", nights: 3, room: "large", breakfast: true };
const accept = (content) => ({ action: "accept", content });
const yes = { confirm: accept({}) };

let worker, shop, hits;
before(async () => {
  hits = await startHits();
  [worker, shop] = await Promise.all([
    startWorker(agent("interactive"), { name: "attacks", local: true }),
    startWorker(agent("shop"), { name: "attacks-shop" }),
  ]);
});
after(async () => {
  await Promise.all([worker?.kill(), shop?.kill()]);
  hits?.close();
});

const answers = {
  guest: accept(ADA),
  consent: accept({ agreed: true }),
  greeting: { role: "assistant", content: { type: "text", text: "Hello." }, model: "m" },
  roots: { roots: [] },
};
const byKey = (_, key) => answers[key];
const plain = async (port, name, args = {}) => (await modern(port, "tools/call", { name, arguments: args })).message.result;
const total = async (port = worker.port) => (await plain(port, "total")).structuredContent.total;

/** Refused, and nothing of why: a state is of this call, or it is not. */
function refused({ status, type, answer, said }, why) {
  assert.equal(answer.error?.code, -32602, `${why}: ${JSON.stringify(answer)}`);
  assert.match(answer.error.message, /requestState/, why);
  assert.deepEqual([status, type, said], [200, "json", []], why);
}

/** Calls that are played in each place: the front Worker, the object of the state, and where a question is asked once. */
const CALLS = {
  "in the front Worker": () => Rounds.tool(worker.port, "insist"),
  "where the state is": () => Rounds.tool(worker.port, "add_asked"),
  "behind a confirmation": () => Rounds.tool(shop.port, "shout", { text: "hey" }),
  "behind a confirmation, where the state is": () => Rounds.tool(shop.port, "cancel_order", { order: "nosuch" }),
  "of a prompt": () => new Rounds(worker.port, "prompts/get", { name: "welcome", arguments: { tone: "cold" } }),
  "of a resource": () => new Rounds(worker.port, "resources/read", { uri: "hotel://asked" }),
};

for (const [where, begin] of Object.entries(CALLS)) {
  describe(`a state of a call ${where}`, () => {
    const handIn = (call, requestState) => send(call.port, call.method, call.params, { requestState, inputResponses: {} });

    test("that was changed is refused, wherever that was", async () => {
      const call = begin();
      await call.ask();
      const at = Array.from({ length: 16 }, (_, i) => Math.floor((i * (call.state.length - 1)) / 16));
      for (const i of at) {
        const other = call.state[i] === "A" ? "B" : "A";
        refused(await handIn(call, call.state.slice(0, i) + other + call.state.slice(i + 1)), `changed at ${i}`);
      }
      // The last character has bits that mean nothing: there is one way to write it.
      const last = call.state.at(-1);
      for (const other of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") {
        if (other !== last) refused(await handIn(call, call.state.slice(0, -1) + other), `${last} became ${other}`);
      }
    });

    test("that was cut, doubled or padded is refused", async () => {
      const call = begin();
      await call.ask();
      const { state } = call;
      for (const end of [0, 1, 16, 40, state.length >> 1, state.length - 1]) refused(await handIn(call, state.slice(0, end)), `cut at ${end}`);
      for (const other of [state + state, `${state}A`, `${state}=`, ` ${state}`, `${state}\n`, state.toLowerCase(), `${state}\u0000`]) {
        if (other !== state) refused(await handIn(call, other), JSON.stringify(other.slice(-8)));
      }
    });

    test("that is no string, or a megabyte long, is refused", async () => {
      const call = begin();
      for (const other of [7, null, true, [], {}, ["A"], "A".repeat(1 << 20), "\u{1f600}".repeat(1000), "\ud800"]) {
        refused(await handIn(call, other), JSON.stringify(other).slice(0, 20));
      }
    });
  });
}

test("a state of another method, name, or of other arguments is refused", async () => {
  const asking = {
    ask: Rounds.tool(worker.port, "ask"),
    insist: Rounds.tool(worker.port, "insist"),
    form: Rounds.tool(worker.port, "ask_form", { field: "a" }),
    "another form": Rounds.tool(worker.port, "ask_form", { field: "b" }),
    add_asked: Rounds.tool(worker.port, "add_asked"),
    add_failing: Rounds.tool(worker.port, "add_failing"),
    welcome: new Rounds(worker.port, "prompts/get", { name: "welcome", arguments: { tone: "warm" } }),
    "welcome by default": new Rounds(worker.port, "prompts/get", { name: "welcome" }),
    asked: new Rounds(worker.port, "resources/read", { uri: "hotel://asked" }),
  };
  const calls = Object.entries(asking);
  await Promise.all(calls.map(([, call]) => call.ask()));
  for (const [name, call] of calls) {
    for (const [other, { state }] of calls) {
      if (name !== other) refused(await send(call.port, call.method, call.params, { requestState: state, inputResponses: answers }), `${other} for ${name}`);
    }
  }
  for (const [name, args] of [["ready", {}], ["add", { amount: 1 }], ["total", {}]]) {
    refused(await send(worker.port, "tools/call", { name, arguments: args }, { requestState: asking.ask.state }), name);
  }
  // The calls themselves go on.
  assert.deepEqual((await asking.insist.finish(byKey)).content[0].text, "Ada");
});

test("the same arguments in another order and with other white space are the same", async () => {
  const call = Rounds.tool(shop.port, "cancel_order", { order: "a", times: 0 });
  await call.ask();
  call.params = { arguments: { times: 0, order: "a" }, name: "cancel_order" };
  await call.ask(yes);
  assert.match(text(call.result), /cancelled/);
});

test("arguments that were approved are those that are used", async () => {
  const call = Rounds.tool(shop.port, "shout", { text: "I like you" });
  await call.ask();
  assert.match(call.asked.confirm.params.message, /I like you/);
  refused(await send(shop.port, "tools/call", { name: "shout", arguments: { text: "I hate you" } }, { requestState: call.state, inputResponses: yes }));
  await call.ask(yes);
  assert.equal(text(call.result), "I LIKE YOU");
});

test("nobody confirms what was not asked", async () => {
  for (const [name, args] of [["shout", { text: "now" }], ["cancel_order", { order: "x" }]]) {
    const { answer } = await send(shop.port, "tools/call", { name, arguments: args }, { inputResponses: yes });
    assert.equal(answer.result?.resultType, "input_required", JSON.stringify(answer));
  }
});

describe("sent again after success", () => {
  test("a writer that asked writes once, whatever the answer is the second time", async () => {
    const call = Rounds.tool(worker.port, "add_asked");
    await call.ask();
    const start = await total();
    const last = await call.send({ amount: accept({ amount: 5 }) });
    assert.equal(text(last.answer.result), String(start + 5));
    for (const amount of [5, 500]) {
      const again = await call.send({ amount: accept({ amount }) });
      assert.deepEqual(again.answer.result, last.answer.result);
    }
    const declined = await call.send({ amount: { action: "decline" } });
    assert.deepEqual(declined.answer.result, last.answer.result);
    assert.equal(await total(), start + 5);
    worker = await worker.restart();
    call.port = worker.port;
    assert.deepEqual((await call.send({ amount: accept({ amount: 7 }) })).answer.result, last.answer.result, "on the next server too");
    assert.equal(await total(), start + 5);
  });

  test("ten at once", async () => {
    const call = Rounds.tool(worker.port, "add_asked");
    await call.ask();
    const start = await total();
    const all = await Promise.all(Array.from({ length: 10 }, () => call.send({ amount: accept({ amount: 5 }) })));
    for (const { answer } of all) assert.equal(text(answer.result), String(start + 5));
    assert.equal(await total(), start + 5);
  });

  test("a step of the front Worker is taken once, in every round, ten at once", async () => {
    hits.reset();
    const call = Rounds.tool(worker.port, "book", { charge: hits.url });
    await call.ask();
    const rounds = [];
    while (call.result.resultType === "input_required") {
      const given = Object.fromEntries(Object.keys(call.asked).map((key) => [key, answers[key]]));
      rounds.push(() => send(call.port, call.method, call.params, { requestState: state, inputResponses: given }));
      const { state } = call;
      await call.ask(given);
    }
    assert.equal(JSON.parse(text(call.result)).charge, "charge#1");
    for (const again of rounds) {
      const all = await Promise.all(Array.from({ length: 10 }, again));
      for (const { answer } of all) assert.ok(answer.result, JSON.stringify(answer));
    }
    const { answer } = await rounds.at(-1)();
    assert.deepEqual(answer.result.content, call.result.content);
    assert.equal(hits.count("charge"), 1);
  });

  test("a step is taken once, whoever asks for it at the same time", async () => {
    hits.reset();
    const call = Rounds.tool(worker.port, "book", { charge: hits.url });
    await call.ask();
    const release = hits.hold("charge");
    const all = Promise.all(Array.from({ length: 10 }, () => call.send({ guest: answers.guest })));
    await hits.reached("charge");
    setTimeout(release, 300);
    for (const { answer } of await all) assert.deepEqual(Object.keys(answer.result.inputRequests), ["greeting"]);
    assert.equal(hits.count("charge"), 1);
  });

  for (const [how, more] of [["before there is a response", {}], ["from its stream", { _meta: meta.progress(1) }]]) {
    test(`a step is taken once, though its client leaves in the middle, ${how}`, async () => {
      hits.reset();
      const call = Rounds.tool(worker.port, "book", { charge: hits.url });
      await call.ask();
      const release = hits.hold("charge");
      const { path, headers, message } = roundRequest(call.method, call.params, { requestState: call.state, inputResponses: { guest: answers.guest }, ...more });
      const client = http.request({ port: call.port, method: "POST", path, headers, agent: false });
      client.on("error", () => {}).on("response", (response) => response.on("error", () => {}).resume()).end(JSON.stringify(message));
      await hits.reached("charge");
      client.destroy();
      // It is noticed within a keepalive, while the step is under way.
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      release();
      await call.finish(byKey);
      assert.equal(JSON.parse(text(call.result)).charge, "charge#1");
      assert.equal(hits.count("charge"), 1);
    });
  }

  test("what was confirmed once is done once, also ten at once", async () => {
    const cancelled = async () => {
      const call = Rounds.tool(shop.port, "cancel_order", { order: "none", times: 0 });
      await call.ask();
      await call.ask(yes);
      return Number(text(call.result).split(" ")[0]);
    };
    const start = await cancelled();
    const call = Rounds.tool(shop.port, "cancel_order", { order: "none", times: 1 });
    await call.ask();
    const all = await Promise.all(Array.from({ length: 10 }, () => call.send(yes)));
    for (const { answer } of all) assert.equal(text(answer.result), `${start + 1} cancelled`);
    assert.equal(text((await call.send(yes)).answer.result), `${start + 1} cancelled`);
    assert.equal(await cancelled(), start + 1);
  });

  test("what was declined stays declined", async () => {
    for (const call of [Rounds.tool(shop.port, "cancel_order", { order: "none", times: 100 }), Rounds.tool(shop.port, "shout", { text: "no" })]) {
      await call.ask();
      const no = await call.send({ confirm: { action: "decline" } });
      assert.equal(no.answer.result.isError, true);
      const after = await call.send(yes);
      assert.deepEqual(after.answer.result, no.answer.result);
    }
  });

  test("a cart is bought once", async () => {
    const cart = (await plain(shop.port, "create_cart")).structuredContent.cart;
    assert.ok(cart, "the handle has another name");
    await modern(shop.port, "tools/call", { name: "add_item", arguments: { cart, sku: "tea", qty: 2 } }, { headers: { "mcp-param-quantity": "2" } });
    const bought = async () => (await plain(shop.port, "show_cart", { cart })).structuredContent.bought;
    const start = await bought();
    const call = Rounds.tool(shop.port, "buy", { cart });
    await call.ask();
    const all = await Promise.all(Array.from({ length: 5 }, () => call.send(yes)));
    for (const { answer } of all) assert.deepEqual(answer.result.structuredContent, { order: "2 for me" });
    assert.equal(await bought(), start + 1);
  });
});

test("a state of a Worker with another key is refused; with that key added, it is taken", async () => {
  const key = (byte) => Buffer.alloc(32, byte).toString("base64");
  const start = (keys) => startWorker(agent("interactive"), { name: "attacks-keys", bindings: { MCP_SESSION_KEY: keys } });
  const [a, b, both] = await Promise.all([start(key(1)), start(key(2)), start(`${key(2)},${key(1)}`)]);
  try {
    for (const tool of ["insist", "add_asked"]) {
      const call = Rounds.tool(a.port, tool);
      await call.ask();
      const given = { guest: accept(ADA), amount: accept({ amount: 2 }) };
      refused(await send(b.port, call.method, call.params, { requestState: call.state, inputResponses: given }), tool);
      refused(await send(worker.port, call.method, call.params, { requestState: call.state, inputResponses: given }), tool);
      const taken = await send(both.port, call.method, call.params, { requestState: call.state, inputResponses: given });
      assert.equal(text(taken.answer.result), { insist: "Ada", add_asked: "2" }[tool]);
    }
  } finally {
    await Promise.all([a, b, both].map((one) => one.kill()));
  }
});

test("a state is over an hour after the first round, whatever came in between", async () => {
  const HOUR = 3_600_000;
  const project = readProject(agent("interactive"));
  let own = await startWorker(project, { name: "attacks-expiry" });
  const at = async (ms) => {
    await own.kill();
    own = await startWorker(shiftClock(project, ms), { name: "attacks-expiry", storage: own.storage });
    return own.port;
  };
  try {
    const calls = ["ask_both", "add_asked"].map((name) => Rounds.tool(own.port, name));
    await Promise.all(calls.map((call) => call.ask()));
    let port = await at(HOUR - 60_000);
    const [both, adding] = calls.map((call) => Object.assign(call, { port }));
    await both.ask({ a: accept({ amount: 1 }) });
    await adding.ask();
    port = await at(HOUR + 1_000);
    for (const call of calls) {
      call.port = port;
      refused(await call.send({ b: accept({ amount: 2 }), amount: accept({ amount: 2 }) }), call.params.name);
    }
    assert.equal(await total(port), 0);
  } finally {
    await own.kill();
  }
});
