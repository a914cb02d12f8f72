// Three eras at the same time on one Worker: HTTP+SSE, Streamable HTTP with sessions (by both lines of the official SDK), and 2026-07-28 without. The same handlers come to the same results, and
// what one client changes the others hear of.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { answering, answeringModern } from "../lib/clients.mjs";
import { startHits } from "../lib/hits.mjs";
import { text } from "../lib/mcp.mjs";
import { agent } from "../lib/tools.mjs";
import { eventually } from "../lib/wait.mjs";
import { startWorker } from "../lib/workerd.mjs";

const ADA = { name: "Ada", nights: 3, room: "large", breakfast: true };
const TOTAL = "hotel://total";
const BELL = "hotel://bell";
const LOGGED = { "io.modelcontextprotocol/logLevel": "debug" };

let worker, shop, hits;
before(async () => {
  hits = await startHits();
  worker = await startWorker(agent("interactive"), { name: "eras", local: true });
  shop = await startWorker(agent("shop"), { name: "eras-shop" });
});
after(async () => {
  await Promise.all([worker?.kill(), shop?.kill()]);
  hits?.close();
});

const accept = (content) => ({ action: "accept", content });

/** What is the same to all three, whatever the client's functions are called. */
const ERAS = [
  {
    era: "HTTP+SSE",
    open: (url, can) => answering("sse", url, can),
    call: ({ client }, name, args = {}, options) => client.callTool({ name, arguments: args }, undefined, options),
    subscribe: async ({ client }, uris) => {
      for (const uri of uris) await client.subscribeResource({ uri });
      return async () => {
        for (const uri of uris) await client.unsubscribeResource({ uri });
      };
    },
  },
  {
    era: "2026-07-28",
    open: (url, can) => answeringModern(url, can),
    call: ({ client }, name, args = {}, options) => client.callTool({ name, arguments: args, _meta: LOGGED }, options),
    subscribe: async ({ client }, uris) => {
      const listening = await client.listen({ resourceSubscriptions: uris });
      assert.deepEqual(listening.honoredFilter, { resourceSubscriptions: uris });
      return () => listening.close();
    },
  },
];
const [{ subscribe }, { call }] = ERAS;
ERAS.push({ era: "2025-11-25 of the newer client", open: (url, can) => answeringModern(url, can, "legacy"), call, subscribe });
ERAS.splice(1, 0, { ...ERAS[0], era: "Streamable HTTP", open: (url, can) => answering("streamable", url, can) });

/** A client of each era, with functions of its own; they are closed whatever `run` does. */
async function all(can, run, { url } = worker) {
  const kits = await Promise.all(ERAS.map(async (era) => {
    const asked = [];
    const kept = (answer) => answer && ((params) => (asked.push(params), answer(params)));
    const { elicit, sample, roots } = can();
    return { ...era, asked, ...await era.open(url, { elicit: kept(elicit), sample: kept(sample), roots: kept(roots) }) };
  }));
  try {
    await run(kits);
    for (const { wire } of kits) wire.check();
  } finally {
    await Promise.all(kits.map(({ client }) => client.close()));
  }
}

/** The same in all eras at once; what `run` answers must not depend on the era. */
function same(name, can, run) {
  test(name, () => all(can, async (kits) => {
    const results = await Promise.all(kits.map(run));
    for (const [i, result] of results.entries()) assert.deepEqual(result, results[0], `${kits[i].era} differs from ${kits[0].era}`);
  }));
}

describe("the same handler, in all eras at once", () => {
  const booking = () => ({
    elicit: ({ message }) => accept(message === "Who stays?" ? ADA : { agreed: true }),
    sample: () => ({ role: "assistant", content: { type: "text", text: "Hello, Ada." }, model: "test-model", stopReason: "endTurn" }),
    roots: () => ({ roots: [{ uri: "file:///hotel", name: "hotel" }] }),
  });

  same("a whole dialogue: two forms, a step, the model, roots, progress and logs", booking, async (kit) => {
    const { call, wire, asked } = kit;
    const result = await call(kit, "book", { charge: hits.url }, { onprogress: () => {} });
    assert.equal(result.isError ?? false, false, JSON.stringify(result));
    const answer = JSON.parse(text(result));
    assert.equal(answer.charge.split("#")[0], "charge");
    delete answer.charge;
    assert.deepEqual(answer, { guest: ADA, greeting: ["Hello, Ada."], model: "test-model", roots: ["file:///hotel"], agreed: true });
    assert.equal(asked.length, 4, "each was asked once");
    const [form, model, , consent] = asked;
    const progress = wire.heard("notifications/progress").map(({ params: { progress, total, message } }) => [progress, total, message]);
    assert.deepEqual(progress, [[1, 3, "the guest is known"], [2, 3, "charged"], [3, 3, undefined]]);
    const logs = wire.heard("notifications/message").map(({ params: { level, logger, data } }) => [level, logger, data]);
    assert.deepEqual(logs, [["info", "desk", "somebody came"], ["notice", undefined, { agreed: true }]]);
    return { answer, form: form.requestedSchema, said: [form.message, consent.message], model: [model.maxTokens, model.systemPrompt, model.messages.length] };
  });

  test("and the step of each was taken once", () => assert.equal(hits.count("charge"), ERAS.length));

  for (const action of ["decline", "cancel"]) {
    same(`a form that is answered with ${action}`, () => ({ elicit: () => ({ action }) }), async (kit) => {
      const asked = text(await kit.call(kit, "ask"));
      assert.equal(asked, { decline: "declined", cancel: "cancelled" }[action]);
      const insisted = await kit.call(kit, "insist");
      assert.equal(insisted.isError, true, JSON.stringify(insisted));
      return text(insisted);
    });
  }

  same("two questions at once", () => ({ elicit: ({ message }) => accept({ amount: /pears/.test(message) ? 2 : 1 }) }), async (kit) => {
    const answer = JSON.parse(text(await kit.call(kit, "ask_both")));
    assert.deepEqual(answer, [1, 2]);
    assert.equal(kit.asked.length, 2, "each was asked once");
    return answer;
  });

  same("an answer that the form does not allow: the handler never sees it", () => ({ elicit: () => accept({ amount: 1001 }) }), async (kit) => {
    const result = await kit.call(kit, "ask_both").catch(({ code }) => ({ code, isError: true }));
    assert.equal(result.isError, true, JSON.stringify(result));
  });

  same("a page that the user opens", () => ({ elicit: () => ({ action: "accept" }) }), async (kit) => {
    const answer = text(await kit.call(kit, "ask_url", { url: "https://hotel.example/pay?x=1" }));
    assert.equal(answer, '{"accepted":null}');
    const [{ mode, message, url }] = kit.asked;
    return { mode, message, url };
  });

  same("a prompt and a resource that ask", () => ({ elicit: () => accept(ADA) }), async ({ client, asked }) => {
    const prompt = await client.getPrompt({ name: "welcome", arguments: { tone: "cordial" } });
    const resource = await client.readResource({ uri: "hotel://asked" });
    assert.deepEqual(asked.map(({ message }) => message), ["Who arrives?", "Who reads?"]);
    return { messages: prompt.messages, contents: resource.contents };
  });

  same("what a client cannot be asked fails", () => ({}), async (kit) => {
    const failed = await kit.call(kit, "insist").then(({ isError }) => isError, ({ code }) => code === -32021);
    assert.equal(failed, true);
    assert.equal(text(await kit.call(kit, "ready")), "ready");
  });

  same("progress while it runs", () => ({}), async (kit) => {
    const seen = [];
    const all = Array.from({ length: 20 }, (_, i) => i + 1);
    assert.equal(text(await kit.call(kit, "count_there", { n: 20, ms: 20 }, { onprogress: ({ progress }) => seen.push(progress) })), "counted to 20");
    assert.deepEqual(kit.wire.heard("notifications/progress").map(({ params }) => params.progress), all);
    // The SDKs drop the last of them when they read it together with the response.
    assert.ok(seen.length > 0);
    assert.deepEqual(seen, all.slice(0, seen.length));
  });
});

test("writers that ask, in all eras at once, lose nothing", () => all(() => ({ elicit: () => accept({ amount: 3 }) }), async (kits) => {
  const total = async () => (await kits[0].call(kits[0], "total")).structuredContent.total;
  const start = await total();
  const totals = await Promise.all(kits.flatMap((kit) => Array.from({ length: 5 }, async () => Number(text(await kit.call(kit, "add_asked"))))));
  assert.deepEqual(totals.sort((a, b) => a - b), totals.map((_, i) => start + 3 * (i + 1)));
  assert.equal(await total(), start + 3 * totals.length);
}));

test("a call that its client takes back, in all eras at once", () => all(() => ({}), async (kits) => {
  await Promise.all(kits.map(async (kit) => {
    const gone = new AbortController();
    const calling = kit.call(kit, "until_cancelled", { url: hits.url }, { signal: gone.signal });
    await eventually(10_000, "the handler runs", () => kit.wire.heard("notifications/message").length > 0);
    gone.abort("changed my mind");
    await assert.rejects(calling, /changed my mind/);
    assert.equal(text(await kit.call(kit, "ready")), "ready");
  }));
  await hits.reached("cancelled-true", kits.length);
}));

describe("a tool that asks before it runs, in all eras at once", () => {
  const orders = async (kit) => JSON.parse((await kit.client.readResource({ uri: "shop://orders" })).contents[0].text);

  test("a cart is filled, shown, bought once, and closed", () => all(() => ({ elicit: () => accept({}) }), async (kits) => {
    const before = (await orders(kits[0])).length;
    await Promise.all(kits.map(async (kit, i) => {
      // Who knows the tools repeats arguments in headers.
      await kit.client.listTools();
      const { cart } = (await kit.call(kit, "create_cart")).structuredContent;
      for (const qty of [1, i + 1]) await kit.call(kit, "add_item", { cart, sku: "tea", qty });
      assert.deepEqual((await kit.call(kit, "show_cart", { cart })).structuredContent.lines, [{ sku: "tea", qty: 1 }, { sku: "tea", qty: i + 1 }]);
      const bought = await kit.call(kit, "buy", { cart, who: kit.era });
      assert.deepEqual(bought.structuredContent, { order: `${i + 2} for ${kit.era}` }, JSON.stringify(bought));
      assert.deepEqual(kit.asked.map(({ message }) => message), [`Buy it for ${kit.era}?`]);
      assert.equal((await kit.call(kit, "buy", { cart })).isError, true, "it is empty");
      assert.equal((await kit.call(kit, "close_cart", { cart })).isError ?? false, false);
      assert.equal((await kit.call(kit, "show_cart", { cart })).isError, true, "it is closed");
    }));
    assert.deepEqual((await orders(kits[0])).slice(before).sort(), kits.map(({ era }, i) => `${i + 2} for ${era}`).sort());
  }, shop));

  for (const action of ["decline", "cancel"]) {
    test(`nothing is done when the user says ${action}`, () => all(() => ({ elicit: () => ({ action }) }), async (kits) => {
      const results = await Promise.all(kits.map((kit) => kit.call(kit, "shout", { text: "hey" })));
      for (const result of results) assert.deepEqual([result.isError, text(result)], [true, text(results[0])]);
    }, shop));
  }
});

describe("what one changes, the others hear of", () => {
  const heard = ({ wire }, uri) => wire.heard("notifications/resources/updated").filter(({ params }) => params.uri === uri).length;
  const can = () => ({ elicit: () => accept({ amount: 5 }) });

  for (const [at, { era }] of ERAS.entries()) {
    test(`${era} writes, by a handler that asks and by one that does not`, () => all(can, async (kits) => {
      const writer = kits[at];
      await Promise.all(kits.map((kit) => kit.subscribe(kit, [TOTAL, BELL])));
      for (const [tool, args, uri] of [["add_asked", {}, TOTAL], ["add", { amount: 1 }, TOTAL], ["ring", {}, BELL]]) {
        const before = kits.map((kit) => heard(kit, uri));
        const result = await writer.call(writer, tool, args);
        assert.equal(result.isError ?? false, false, JSON.stringify(result));
        await eventually(10_000, `all hear of ${tool}`, () => kits.every((kit, i) => heard(kit, uri) > before[i]));
        assert.deepEqual(kits.map((kit, i) => heard(kit, uri) - before[i]), kits.map(() => 1), tool);
      }
    }));
  }

  test("who does not listen any more hears nothing", () => all(can, async (kits) => {
    const stops = await Promise.all(kits.map((kit) => kit.subscribe(kit, [TOTAL])));
    await kits[0].call(kits[0], "add", { amount: 1 });
    await eventually(10_000, "all hear", () => kits.every((kit) => heard(kit, TOTAL) === 1));
    const [stays, ...others] = kits;
    for (const stop of stops.slice(1)) await stop();
    for (const kit of others) await kit.call(kit, "add", { amount: 1 });
    await eventually(10_000, "the first hears", () => heard(stays, TOTAL) === 1 + others.length);
    assert.deepEqual(others.map((kit) => heard(kit, TOTAL)), others.map(() => 1));
  }));
});
