// Calls that ask, on 2026-07-28 and by hand: rounds, what is heard of them, and what becomes of clients and servers that go away in the middle.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startHits } from "../lib/hits.mjs";
import { modern, text } from "../lib/mcp.mjs";
import { readProject, resetsOn } from "../lib/project.mjs";
import { meta, open, Rounds, send } from "../lib/rounds.mjs";
import { agent } from "../lib/tools.mjs";
import { within } from "../lib/wait.mjs";
import { startWorker } from "../lib/workerd.mjs";

const ADA = { name: "Ada", nights: 3, room: "large", breakfast: true };
// The agent's.
const KEEPALIVE = 1_000;
const accept = (content) => ({ action: "accept", content });

let worker, port, hits;
before(async () => {
  hits = await startHits();
  worker = await startWorker(agent("interactive"), { name: "rounds", local: true });
  port = worker.port;
});
after(async () => {
  await worker?.kill();
  hits?.close();
});

const answers = {
  guest: accept(ADA),
  consent: accept({ agreed: true }),
  greeting: { role: "assistant", content: { type: "text", text: "Hello." }, model: "m" },
  roots: { roots: [{ uri: "file:///a" }] },
  amount: accept({ amount: 1 }),
};
const byKey = (_, key) => answers[key];
const tool = (name, args, more, options) => send(port, "tools/call", { name, arguments: args ?? {} }, more, options);
const total = async () => (await modern(port, "tools/call", { name: "total", arguments: {} })).message.result.structuredContent.total;

describe("rounds", () => {
  test("each asks for what is not known yet, and the last has the result", async () => {
    hits.reset();
    const call = Rounds.tool(port, "book", { charge: hits.url });
    const keys = [];
    await call.finish((request, key) => {
      keys.push([key, request.method, request.params?.message]);
      return answers[key];
    });
    assert.deepEqual(keys, [
      ["guest", "elicitation/create", "Who stays?"],
      ["greeting", "sampling/createMessage", undefined],
      ["roots", "roots/list", undefined],
      ["consent", "elicitation/create", "Ada for all of it?"],
    ]);
    const { charge, ...rest } = JSON.parse(text(call.result));
    assert.deepEqual(rest, { guest: ADA, greeting: ["Hello."], model: "m", roots: ["file:///a"], agreed: true });
    assert.equal(charge, "charge#1");
    assert.equal(hits.count("charge"), 1);
  });

  test("two questions go out together, and what is not answered is asked again", async () => {
    const call = Rounds.tool(port, "ask_both");
    await call.ask();
    assert.deepEqual(Object.keys(call.asked), ["a", "b"]);
    for (const given of [undefined, {}, { c: accept({ amount: 1 }) }, { guest: accept(ADA) }]) {
      const again = await call.send(given);
      assert.deepEqual(Object.keys(again.answer.result.inputRequests), ["a", "b"], JSON.stringify(given));
    }
    await call.ask({ b: accept({ amount: 2 }), nobody: accept({ amount: 9 }), "": accept({}) });
    assert.deepEqual(Object.keys(call.asked), ["a"]);
    await call.ask({ a: accept({ amount: 1 }), b: accept({ amount: 7 }) });
    assert.deepEqual(JSON.parse(text(call.result)), [1, 2], "an answer stays what it was");
  });

  test("a retry without its state is asked again for what it does not answer", async () => {
    for (const [name, given, left] of [["ask_both", { x: accept({ amount: 1 }) }, ["a", "b"]], ["ask_both", { a: accept({ amount: 1 }) }, ["b"]], ["insist", {}, ["guest"]], ["add_asked", { x: accept({}) }, ["amount"]]]) {
      const { answer } = await tool(name, {}, { inputResponses: given });
      assert.equal(answer.result?.resultType, "input_required", JSON.stringify(answer));
      assert.deepEqual(Object.keys(answer.result.inputRequests), left);
    }
  });

  test("responses that are none are refused", async () => {
    const call = Rounds.tool(port, "insist");
    await call.ask();
    for (const inputResponses of [7, "x", [], true, { guest: 7 }, { guest: null }, { guest: "Ada" }, { guest: [] }]) {
      for (const more of [{ inputResponses }, { inputResponses, requestState: call.state }]) {
        const { answer } = await tool("insist", {}, more);
        assert.equal(answer.error?.code, -32602, `${JSON.stringify(more.inputResponses)}: ${JSON.stringify(answer)}`);
      }
    }
    await call.ask({ guest: answers.guest });
    assert.equal(text(call.result), "Ada");
  });

  const illegal = { "too many nights": accept({ ...ADA, nights: 15 }), "no name": accept({ room: "small" }), nothing: accept(undefined), "no action": {}, "an unknown action": { action: "maybe" } };
  for (const [what, guest] of Object.entries(illegal)) {
    test(`an answer that the form does not allow (${what}): the handler never sees it`, async () => {
      const call = Rounds.tool(port, "insist");
      await call.ask();
      const { answer } = await call.send({ guest });
      const seen = answer.result?.resultType === "complete" && !answer.result.isError;
      assert.equal(seen, false, JSON.stringify(answer));
    });
  }

  for (const action of ["decline", "cancel"]) {
    test(`a question that is answered with ${action}`, async () => {
      const call = Rounds.tool(port, "ask");
      await call.finish(() => ({ action }));
      assert.equal(text(call.result), { decline: "declined", cancel: "cancelled" }[action]);
    });
  }

  test("prompts and resources ask in the same way", async () => {
    const prompt = new Rounds(port, "prompts/get", { name: "welcome", arguments: { tone: "cordial" } });
    assert.equal((await prompt.finish(byKey)).messages[0].content.text, "Welcome Ada, Cordial.");
    const resource = new Rounds(port, "resources/read", { uri: "hotel://asked" });
    assert.deepEqual((await resource.finish(byKey)).contents.map(({ text }) => text), ["for Ada"]);
    for (const asking of [new Rounds(port, "prompts/get", { name: "welcome" }), new Rounds(port, "resources/read", { uri: "hotel://asked" })]) {
      await asking.ask();
      const { answer } = await asking.send({ guest: { action: "decline" } });
      assert.ok(answer.error, JSON.stringify(answer));
    }
  });

  test("a writer that waits holds nobody up, and writes to what is there then", async () => {
    const call = Rounds.tool(port, "add_asked");
    await call.ask();
    const start = await total();
    await tool("add", { amount: 10 });
    await call.ask({ amount: accept({ amount: 100 }) });
    assert.equal(text(call.result), String(start + 110));
    const failing = Rounds.tool(port, "add_failing");
    assert.equal((await failing.finish(byKey)).isError, true);
    assert.equal(await total(), start + 110);
  });

  test("long answers go through, and those that are too long are told apart", async () => {
    for (const [size, fits] of [[150_000, true], [300_000, false]]) {
      const call = Rounds.tool(port, "book", { charge: hits.url });
      await call.ask();
      await call.ask({ guest: answers.guest });
      const greeting = { role: "assistant", content: { type: "text", text: "é".repeat(size / 2) }, model: "m" };
      const { answer } = await call.send({ greeting });
      if (!fits) {
        assert.equal(answer.error?.code, -32603, JSON.stringify(answer).slice(0, 200));
        continue;
      }
      call.result = answer.result;
      await call.finish(byKey);
      assert.equal(JSON.parse(text(call.result)).greeting[0].length, size / 2);
    }
  });

  test("a panic in a round is -32603, and the state stands", async () => {
    const start = await total();
    for (let i = 0; i < 3; i++) {
      const call = Rounds.tool(port, "panic_asked");
      await call.ask();
      const { answer } = await call.send({ consent: accept({ agreed: true }) });
      assert.equal(answer.error?.code, -32603, JSON.stringify(answer));
      assert.equal(await total(), start);
    }
  });
});

describe("capabilities", () => {
  const missing = [
    ["insist", {}, {}, { elicitation: { form: {} } }],
    ["ask_url", { url: "https://hotel.example/" }, { elicitation: { form: {} } }, { elicitation: { url: {} } }],
    ["ask_url", { url: "https://hotel.example/" }, { elicitation: {} }, { elicitation: { url: {} } }],
    ["sample", { text: "?" }, { elicitation: {}, roots: {} }, { sampling: {} }],
    ["roots", {}, { sampling: {} }, { roots: {} }],
    ["add_asked", {}, {}, { elicitation: { form: {} } }],
  ];
  for (const [name, args, able, required] of missing) {
    test(`${name} of a client with ${JSON.stringify(able)}: 400, -32021`, async () => {
      const { status, answer } = await tool(name, args, { _meta: meta.able(able) });
      assert.deepEqual([status, answer.error?.code, answer.error?.data], [400, -32021, { requiredCapabilities: required }], JSON.stringify(answer));
    });
  }

  test("what counts is what this very request says", async () => {
    const call = Rounds.tool(port, "insist");
    await call.ask();
    const mute = await call.send(undefined, { _meta: meta.able({}) });
    assert.deepEqual([mute.status, mute.answer.error?.code], [400, -32021]);
    await call.ask({ guest: answers.guest });
    assert.equal(text(call.result), "Ada");
  });

  test("on a stream that has begun, it is the last message", async () => {
    const { status, type, said, answer } = await tool("book", { charge: hits.url }, { _meta: { ...meta.able({}), ...meta.logs("info") } });
    assert.deepEqual([type, said.length, answer.error?.code], ["stream", 1, -32021], JSON.stringify(answer));
    assert.ok([200, 400].includes(status), String(status));
  });
});

describe("what is heard", () => {
  test("nothing is wanted: JSON", async () => {
    for (const [name, args] of [["count", { n: 3 }], ["count_there", { n: 3 }], ["logs", {}], ["ready", {}], ["ask", {}], ["add_asked", {}]]) {
      const { status, type, said } = await tool(name, args);
      assert.deepEqual([name, status, type, said], [name, 200, "json", []]);
    }
  });

  for (const name of ["count", "count_there"]) {
    for (const token of ["t", 7, ""]) {
      test(`${name}: progress, under the token ${JSON.stringify(token)}`, async () => {
        const { type, said, answer } = await tool(name, { n: 5, ms: 5 }, { _meta: meta.progress(token) });
        assert.equal(type, "stream");
        assert.deepEqual(said.map(({ method, params }) => [method, params.progressToken, params.progress]), [1, 2, 3, 4, 5].map((i) => ["notifications/progress", token, i]));
        assert.equal(text(answer.result), "counted to 5");
      });
    }
  }

  test("logs, from the level up that the request names", async () => {
    const levels = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];
    for (const [i, level] of levels.entries()) {
      const { said } = await tool("logs", {}, { _meta: meta.logs(level) });
      assert.deepEqual(said.map(({ method, params }) => [method, params.level, params.data]), levels.slice(i).map((name) => ["notifications/message", name, name]));
    }
    for (const _meta of [meta.logs("loud"), meta.logs(3), meta.progress(1.5), meta.progress(null), meta.progress({})]) {
      const { answer } = await tool("logs", {}, { _meta });
      assert.equal(answer.error?.code, -32602, `${JSON.stringify(_meta)}: ${JSON.stringify(answer)}`);
    }
  });

  test("each round says what is new, under its own token", async () => {
    const call = Rounds.tool(port, "book", { charge: hits.url });
    const heard = [];
    for (let round = 1; ; round++) {
      const given = call.result && Object.fromEntries(Object.keys(call.asked).map((key) => [key, answers[key]]));
      const { said } = await call.ask(given, { _meta: { ...meta.progress(round), ...meta.logs("info") } });
      heard.push(said.map(({ params }) => params.progress ?? params.level));
      for (const { params } of said) if (params.progress) assert.equal(params.progressToken, round);
      if (call.result.resultType === "complete") break;
    }
    assert.deepEqual(heard, [["info"], [1, 2], [], [], [3, "notice"]]);
  });

  test("a client that takes JSON alone gets JSON", async () => {
    const { status, answer } = await tool("count", { n: 2, ms: 5 }, { _meta: meta.progress(1) }, { headers: { accept: "application/json" } });
    assert.ok(status === 406 || (status === 200 && text(answer.result) === "counted to 2"), JSON.stringify(answer));
  });

  for (const name of ["count", "count_there"]) {
    test(`${name}: a long silence becomes a stream after one keepalive`, async () => {
      const started = Date.now();
      const { stream, messages } = await open(port, "tools/call", { name, arguments: { n: 1, ms: 4 * KEEPALIVE } });
      const head = Date.now() - started;
      assert.ok(head >= 0.8 * KEEPALIVE && head < 3.5 * KEEPALIVE, `${head} ms`);
      await stream.next((item) => item.comment !== undefined, 3 * KEEPALIVE);
      const answer = await messages.next();
      assert.equal(text(answer.result), "counted to 1");
      assert.deepEqual([messages.lastId, messages.retry], [undefined, undefined], "there is nothing to come back for");
      assert.ok(Date.now() - started >= 3.9 * KEEPALIVE);
      await within(2_000, "the stream ends", stream.closed);
    });
  }
});

describe("a client that closes its stream", () => {
  for (const [name, word] of [["until_cancelled", "cancelled-true"], ["until_cancelled_there", "there-true"]]) {
    test(`${name}: the handler knows within one keepalive`, async () => {
      hits.reset();
      const { stream, messages } = await open(port, "tools/call", { name, arguments: { url: hits.url } }, { _meta: meta.logs("info") });
      assert.equal((await messages.next()).params.data, "waiting");
      stream.close();
      // A second more for a machine that has other things to do.
      await hits.reached(word, 1, 2 * KEEPALIVE + 1_000);
    });

    test(`${name}: fifty of them, and others go on`, async () => {
      hits.reset();
      const all = await Promise.all(Array.from({ length: 50 }, async () => {
        const one = await open(port, "tools/call", { name, arguments: { url: hits.url } }, { _meta: meta.logs("info") });
        await one.messages.next();
        return one;
      }));
      for (const [i, { stream }] of all.entries()) if (i % 2) stream.close();
      await hits.reached(word, 25, 10_000);
      assert.equal(text((await tool("ready")).answer.result), "ready");
      await new Promise((resolve) => setTimeout(resolve, 2 * KEEPALIVE));
      assert.equal(hits.count(word), 25, "whoever is there is not cancelled");
      for (const { stream } of all) stream.close();
      await hits.reached(word, 50, 10_000);
    });
  }
});

describe("servers that go away", () => {
  test("SIGKILL between rounds: the next server goes on, and takes no step twice", async () => {
    hits.reset();
    const [booking, adding] = [Rounds.tool(port, "book", { charge: hits.url }), Rounds.tool(port, "add_asked")];
    const start = await total();
    await Promise.all([booking.ask(), adding.ask()]);
    for (let i = 0; booking.result.resultType === "input_required"; i++) {
      worker = await worker.restart();
      port = booking.port = adding.port = worker.port;
      await booking.ask(Object.fromEntries(Object.keys(booking.asked).map((key) => [key, answers[key]])));
    }
    assert.equal(JSON.parse(text(booking.result)).charge, "charge#1");
    await adding.ask({ amount: accept({ amount: 3 }) });
    assert.equal(text(adding.result), String(start + 3));
    worker = await worker.restart();
    port = worker.port;
    assert.equal(await total(), start + 3);
  });

  test("SIGKILL in a step: sent again, the steps before it are not taken again", async () => {
    hits.reset();
    const args = { n: 6, ms: 0, url: hits.url };
    const release = hits.hold("step4");
    const cut = open(port, "tools/call", { name: "steps", arguments: args }, { _meta: meta.progress(1) }).catch(() => {});
    await hits.reached("step4");
    worker = await worker.restart();
    port = worker.port;
    release();
    await cut;
    // Without a question there is no state: another request is another call.
    const { answer } = await tool("steps", args);
    assert.equal(text(answer.result).split(" ").length, 6);
    assert.equal(hits.count("step1"), 2);
  });

  test("an object that is reset: its streams end, and a state that it gave out is as good as before", async () => {
    const own = await startWorker(resetsOn(readProject(agent("interactive")), "987654"), { name: "rounds-reset" });
    const add = (amount) => send(own.port, "tools/call", { name: "add", arguments: { amount } });
    try {
      const call = Rounds.tool(own.port, "add_asked");
      await call.ask();
      const counting = await open(own.port, "tools/call", { name: "count_there", arguments: { n: 1000, ms: 50 } }, { _meta: meta.progress(1) });
      await counting.messages.next();
      assert.equal((await add(987654)).answer.error?.code, -32603);
      const rest = await counting.messages.rest();
      assert.ok(rest.every(({ method, error }) => method !== undefined || error?.code === -32603), "nobody says that it was done");
      await within(5_000, "the stream ends", counting.stream.closed);
      await call.ask({ amount: accept({ amount: 5 }) });
      assert.equal(text(call.result), "5");
      assert.equal((await add(987654)).answer.error?.code, -32603);
      assert.equal((await add(1)).answer.result.structuredContent.total, 6);
    } finally {
      await own.kill();
    }
  });

  test("a panic ends the streams of the same instance with an error, and no others", async () => {
    const long = { n: 200, ms: 25 };
    const front = await open(port, "tools/call", { name: "count", arguments: long }, { _meta: meta.progress(1) });
    const there = await open(port, "tools/call", { name: "count_there", arguments: long }, { _meta: meta.progress(2) });
    await Promise.all([front.messages.next(), there.messages.next()]);
    const { answer } = await tool("panic_front");
    assert.equal(answer.error?.code, -32603);
    for (const { id, stream, messages } of [front, there]) {
      const rest = await messages.rest();
      assert.equal(rest.at(-1)?.id, id, "the last message is the response");
      assert.ok(rest.at(-1).error?.code === -32603 || rest.at(-1).result, JSON.stringify(rest.at(-1)));
      await within(5_000, "the stream ends", stream.closed);
    }
    assert.equal(text((await tool("ready")).answer.result), "ready");
  });
});

test("a hundred calls in rounds side by side", async () => {
  hits.reset();
  const start = await total();
  const calls = Array.from({ length: 100 }, (_, i) => (i % 2 ? Rounds.tool(port, "add_asked") : Rounds.tool(port, "book", { charge: hits.url })));
  await Promise.all(calls.map((call, i) => call.finish(byKey, i % 3 ? {} : { _meta: { ...meta.progress(i), ...meta.logs("debug") } })));
  const charges = calls.filter((_, i) => i % 2 === 0).map(({ result }) => JSON.parse(text(result)).charge);
  assert.equal(new Set(charges).size, 50, "each has a step of its own");
  assert.equal(hits.count("charge"), 50);
  const totals = calls.filter((_, i) => i % 2).map(({ result }) => Number(text(result))).sort((a, b) => a - b);
  assert.deepEqual(totals, Array.from({ length: 50 }, (_, i) => start + 1 + i));
});
