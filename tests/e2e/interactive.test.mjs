// Handlers that talk with the client while they run: the official SDK over both legacy transports at once, on one Worker, with the same answers on both.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { answering } from "../lib/clients.mjs";
import { PEERS } from "../lib/exchange.mjs";
import { startHits } from "../lib/hits.mjs";
import { modern, text } from "../lib/mcp.mjs";
import { agent } from "../lib/tools.mjs";
import { eventually } from "../lib/wait.mjs";
import { startWorker } from "../lib/workerd.mjs";

const KINDS = ["streamable", "sse"];
const ADA = { name: "Ada", nights: 3, room: "large", breakfast: true };
const LEVELS = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];

let worker, hits;
before(async () => {
  hits = await startHits();
  worker = await startWorker(agent("interactive"), { name: "interactive", local: true });
});
after(async () => {
  await worker?.kill();
  hits?.close();
});

const accept = (content) => ({ action: "accept", content });
const call = (client, name, args = {}, options) => client.callTool({ name, arguments: args }, undefined, options);

/** The same test with both kinds of client side by side; what `run` answers must not depend on the kind. `can` makes what a client can do. */
function both(name, can, run) {
  test(name, async () => {
    const kits = await Promise.all(KINDS.map(async (kind) => {
      const asked = [];
      const kept = (answer) => answer && ((params) => (asked.push(params), answer(params)));
      const { elicit, sample, roots, ...rest } = can();
      return { kind, asked, ...await answering(kind, worker.url, { ...rest, elicit: kept(elicit), sample: kept(sample), roots: kept(roots) }) };
    }));
    try {
      const [a, b] = await Promise.all(kits.map(run));
      for (const { wire } of kits) wire.check();
      assert.deepEqual(a, b, "the transports differ");
    } finally {
      await Promise.all(kits.map(({ client }) => client.close()));
    }
  });
}

describe("both transports of the SDK at once", () => {
  both("what is interactive is announced", () => ({}), async ({ client }) => {
    const capabilities = client.getServerCapabilities();
    assert.ok(capabilities.logging && capabilities.completions && capabilities.resources.subscribe, JSON.stringify(capabilities));
    return capabilities;
  });

  both("a whole dialogue: form, step, model, roots, consent, with progress and logs", () => ({
    elicit: ({ message }) => accept(message === "Who stays?" ? ADA : { agreed: true }),
    sample: () => ({ role: "assistant", content: { type: "text", text: "Hello, Ada." }, model: "test-model", stopReason: "endTurn" }),
    roots: () => ({ roots: [{ uri: "file:///hotel", name: "hotel" }] }),
  }), async ({ kind, client, wire, asked }) => {
    const result = await call(client, "book", { charge: `${hits.url}/${kind}` }, { onprogress: () => {} });
    assert.equal(result.isError ?? false, false, JSON.stringify(result));
    const answer = JSON.parse(text(result));
    assert.equal(answer.charge.split("#")[0], "charge");
    delete answer.charge;
    assert.deepEqual(answer, { guest: ADA, greeting: ["Hello, Ada."], model: "test-model", roots: ["file:///hotel"], agreed: true });

    const [form, model, , consent] = asked;
    assert.equal(form.message, "Who stays?");
    assert.deepEqual(form.requestedSchema.required, ["name", "room"]);
    assert.deepEqual(form.requestedSchema.properties.room.enum, ["small", "large"]);
    assert.deepEqual(form.requestedSchema.properties.name, { type: "string", minLength: 1, maxLength: 20, description: "The name on the door" });
    assert.equal(form.requestedSchema.properties.nights.default, 1);
    assert.deepEqual([model.maxTokens, model.systemPrompt, model.messages.length], [50, "Be short.", 1]);
    assert.equal(consent.message, "Ada for all of it?");
    assert.equal(asked.length, 4, "each was asked once");

    const progress = wire.heard("notifications/progress").map(({ params: { progress, total, message } }) => [progress, total, message]);
    assert.deepEqual(progress, [[1, 3, "the guest is known"], [2, 3, "charged"], [3, 3, undefined]]);
    const logs = wire.heard("notifications/message").map(({ params: { level, logger, data } }) => [level, logger, data]);
    assert.deepEqual(logs, [["info", "desk", "somebody came"], ["notice", undefined, { agreed: true }]]);
    return answer;
  });

  test("and the steps of both were taken once each", () => assert.equal(hits.count("charge"), KINDS.length));

  const outcomes = {
    accepted: accept(ADA),
    "accepted, with defaults for what was left out": accept({ name: "Ada", room: "small" }),
    declined: { action: "decline" },
    cancelled: { action: "cancel" },
  };
  for (const [outcome, answer] of Object.entries(outcomes)) {
    both(`a form is ${outcome}`, () => ({ elicit: () => answer }), async ({ client }) => {
      const asked = text(await call(client, "ask"));
      if (answer.action === "accept") assert.deepEqual(JSON.parse(asked).accepted, { nights: 1, breakfast: false, ...answer.content });
      else assert.equal(asked, outcome);
      const insisted = await call(client, "insist");
      assert.equal(insisted.isError ?? false, answer.action !== "accept", JSON.stringify(insisted));
      return [asked, insisted];
    });
  }

  const illegal = {
    "without a member": { name: "Ada" },
    "with a number as a name": { ...ADA, name: 7 },
    "with a name that is too long": { ...ADA, name: "A".repeat(21) },
    "with nights out of range": { ...ADA, nights: 15 },
    "with half a night": { ...ADA, nights: 1.5 },
    "with a room that there is not": { ...ADA, room: "huge" },
    "with nothing": undefined,
  };
  for (const [how, content] of Object.entries(illegal)) {
    both(`a form is accepted ${how}: the handler never sees it`, () => ({ elicit: () => accept(content) }), async ({ client, asked }) => {
      const result = await call(client, "ask");
      assert.equal(result.isError, true, JSON.stringify(result));
      assert.equal(asked.length, 1);
      return result;
    });
  }

  both("a client that fails to answer", () => ({ elicit: () => { throw new Error("no screen"); } }), async ({ client }) => {
    const result = await call(client, "ask");
    assert.equal(result.isError, true, JSON.stringify(result));
    return result;
  });

  both("an array of an enum", () => ({ elicit: () => accept({ wishes: ["bath", "view"] }) }), async ({ client, asked }) => {
    const wishes = text(await call(client, "wish"));
    assert.deepEqual(JSON.parse(wishes), ["bath", "view"]);
    assert.deepEqual(asked[0].requestedSchema.properties.wishes.items, { type: "string", enum: ["balcony", "bath", "view"] });
    return wishes;
  });

  both("a schema that the handler made", () => ({ elicit: ({ requestedSchema }) => accept({ [requestedSchema.required[0]]: "red" }) }), async ({ client, asked }) => {
    const answer = text(await call(client, "ask_form", { field: "colour" }));
    assert.deepEqual(JSON.parse(answer), { accepted: { colour: "red" } });
    assert.deepEqual(asked[0].requestedSchema, { type: "object", properties: { colour: { type: "string", maxLength: 5 } }, required: ["colour"] });
    return answer;
  });

  both("what does not satisfy the schema that the handler made", () => ({ elicit: () => accept({ colour: "vermilion" }) }), async ({ client }) => {
    const result = await call(client, "ask_form", { field: "colour" });
    assert.equal(result.isError, true, JSON.stringify(result));
    return result;
  });

  for (const action of ["accept", "decline", "cancel"]) {
    both(`a URL: ${action}`, () => ({ elicit: () => ({ action }) }), async ({ client, asked }) => {
      const answer = text(await call(client, "ask_url", { url: "https://hotel.example/pay?x=1" }));
      assert.equal(answer, { accept: '{"accepted":null}', decline: "declined", cancel: "cancelled" }[action]);
      const [{ elicitationId, ...params }] = asked;
      assert.equal(typeof elicitationId, "string");
      assert.deepEqual({ ...params, _meta: undefined }, { mode: "url", message: "Go there.", url: "https://hotel.example/pay?x=1", _meta: undefined });
      return answer;
    });
  }

  both("two questions at once, answered the other way around", () => {
    let first;
    return {
      elicit: async ({ message }) => {
        if (/pears/.test(message)) return first?.(), accept({ amount: 2 });
        await new Promise((resolve) => (first = resolve));
        return accept({ amount: 1 });
      },
    };
  }, async ({ client, asked }) => {
    const answer = text(await call(client, "ask_both"));
    assert.deepEqual(JSON.parse(answer), [1, 2]);
    assert.equal(asked.length, 2, "each was asked once");
    return answer;
  });

  both("the client's model", () => ({
    sample: () => ({ role: "assistant", content: { type: "text", text: "Yes." }, model: "m1", stopReason: "stopSequence" }),
  }), async ({ client, asked }) => {
    const answer = text(await call(client, "sample", { text: "Really?" }));
    assert.deepEqual(JSON.parse(answer), { texts: ["Yes."], model: "m1", stop: "stopSequence" });
    const [{ messages, maxTokens, systemPrompt, temperature, stopSequences, modelPreferences }] = asked;
    assert.deepEqual([maxTokens, systemPrompt, temperature, stopSequences], [20, "Be short.", 0.5, ["END"]]);
    assert.deepEqual(modelPreferences.hints, [{ name: "small" }]);
    const said = messages.map(({ role, content }) => [role, [content].flat()[0].text]);
    assert.deepEqual(said, [["user", "Hello."], ["assistant", "Hello!"], ["user", "Really?"]]);
    return answer;
  });

  both("a model that refuses", () => ({ sample: () => { throw new Error("the user said no"); } }), async ({ client }) => {
    const result = await call(client, "sample", { text: "Really?" });
    assert.equal(result.isError, true, JSON.stringify(result));
    return result;
  });

  both("roots", () => ({ roots: () => ({ roots: [{ uri: "file:///a", name: "a" }, { uri: "file:///b" }] }) }), async ({ client }) => {
    const answer = text(await call(client, "roots"));
    assert.deepEqual(JSON.parse(answer), [["file:///a", "a"], ["file:///b", null]]);
    return answer;
  });

  both("a prompt and a resource that ask", () => ({ elicit: () => accept(ADA) }), async ({ client, asked }) => {
    const prompt = await client.getPrompt({ name: "welcome", arguments: { tone: "cordial" } });
    assert.match(prompt.messages[0].content.text, /^Welcome Ada, Cordial\.$/);
    const resource = await client.readResource({ uri: "hotel://asked" });
    assert.deepEqual(resource.contents.map(({ uri, text }) => [uri, text]), [["hotel://asked", "for Ada"]]);
    assert.deepEqual(asked.map(({ message }) => message), ["Who arrives?", "Who reads?"]);
    return [prompt, resource];
  });

  both("a prompt and a resource that are declined fail", () => ({ elicit: () => ({ action: "decline" }) }), async ({ client }) => {
    const codes = [];
    for (const asking of [() => client.getPrompt({ name: "welcome" }), () => client.readResource({ uri: "hotel://asked" })]) {
      await assert.rejects(asking(), ({ code }) => codes.push(code) > 0);
    }
    return codes;
  });

  both("logs are sent from the level up that the client wants", () => ({}), async ({ client, wire }) => {
    for (const [i, level] of LEVELS.entries()) {
      await client.setLoggingLevel(level);
      wire.received.length = 0;
      assert.equal(text(await call(client, "logs")), "logged");
      const heard = wire.heard("notifications/message").map(({ params }) => [params.level, params.data]);
      assert.deepEqual(heard, LEVELS.slice(i).map((name) => [name, name]), level);
    }
    const loud = await client.request({ method: "logging/setLevel", params: { level: "loud" } }, { parse: (x) => x, safeParse: (data) => ({ success: true, data }) })
      .then(() => undefined, ({ code }) => code);
    assert.equal(loud, -32602);
  });

  both("progress is reported to who asked for it, and to nobody else", () => ({}), async ({ client, wire }) => {
    await call(client, "count", { n: 5, ms: 5 }, { onprogress: () => {} });
    const heard = wire.heard("notifications/progress").map(({ params }) => [params.progress, params.total, params.message]);
    assert.deepEqual(heard, [1, 2, 3, 4, 5].map((i) => [i, 5, String(i)]));
    assert.equal(text(await call(client, "count", { n: 3, ms: 5 })), "counted to 3");
    assert.equal(wire.heard("notifications/progress").length, 5);
  });

  both("a cancelled call is told so, and is not answered", () => ({}), async ({ kind, client, wire }) => {
    const gone = new AbortController();
    const url = `${hits.url}/${kind}`;
    const calling = call(client, "until_cancelled", { url }, { signal: gone.signal });
    await eventually(10_000, "the handler runs", () => wire.heard("notifications/message").length > 0);
    gone.abort("changed my mind");
    await assert.rejects(calling, /changed my mind/);
    const { id } = wire.sent.find(({ params }) => params?.name === "until_cancelled");
    await eventually(10_000, "the handler saw it", () => hits.count("cancelled-true") > 0);
    assert.equal(text(await call(client, "ready")), "ready");
    assert.equal(wire.received.some((message) => message.id === id && message.method === undefined), false, "it was answered");
  });

  test("and both handlers saw it", () => eventually(10_000, "two were cancelled", () => hits.count("cancelled-true") === KINDS.length));

  both("lists come in pages, whole", () => ({}), async ({ client }) => {
    const names = [];
    const sizes = [];
    let cursor;
    do {
      const page = await client.listTools(cursor === undefined ? undefined : { cursor });
      names.push(...page.tools.map(({ name }) => name));
      sizes.push(page.tools.length);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    assert.ok(sizes.length >= 4 && sizes.slice(0, -1).every((size) => size === 7) && sizes.at(-1) > 0, sizes.join());
    assert.equal(new Set(names).size, names.length);
    assert.deepEqual([names[0], names.at(-1)], ["book", "ring"]);
    for (const list of [() => client.listTools({ cursor: "nosuch" }), () => client.listPrompts({ cursor: "7" }), () => client.listResources({ cursor: "" })]) {
      await assert.rejects(list(), ({ code }) => code === -32602);
    }
    const { resources, nextCursor } = await client.listResources();
    assert.deepEqual([resources.length, nextCursor], [4, undefined]);
    return names;
  });

  both("completion", () => ({}), async ({ client }) => {
    const complete = async (ref, name, value, context) => (await client.complete({ ref, argument: { name, value }, ...(context && { context: { arguments: context } }) })).completion;
    const welcome = { type: "ref/prompt", name: "welcome" };
    const letter = { type: "ref/prompt", name: "letter" };
    const rooms = { type: "ref/resource", uri: "hotel://rooms/{number}" };
    const floors = { type: "ref/resource", uri: "hotel://floors/{floor}" };
    const answers = {
      enum: await complete(welcome, "tone", "co"),
      handler: await complete(letter, "guest", "A"),
      context: await complete(letter, "street", "12", { guest: "Ada" }),
      nothing: await complete(letter, "guest", "Zoe"),
      many: await complete(rooms, "number", ""),
      few: await complete(rooms, "number", "25"),
      template: await complete(floors, "floor", "se"),
    };
    const values = Object.fromEntries(Object.entries(answers).map(([key, { values }]) => [key, values]));
    assert.deepEqual(values.enum, ["cold", "cordial"].filter((tone) => tone.startsWith("co")));
    assert.deepEqual(values.handler, ["Ada", "Alan"]);
    assert.deepEqual(values.context, ["12, street of Ada"]);
    assert.deepEqual(values.nothing, []);
    assert.equal(values.many.length, 100);
    assert.deepEqual([answers.many.total, answers.many.hasMore], [250, true]);
    assert.deepEqual(values.few, ["25", "250"]);
    assert.deepEqual(values.template, ["second", "seventh"]);
    for (const [ref, name] of [[{ type: "ref/prompt", name: "nosuch" }, "x"], [letter, "nosuch"], [{ type: "ref/resource", uri: "hotel://nosuch" }, "x"]]) {
      await assert.rejects(complete(ref, name, ""), ({ code }) => code === -32602);
    }
    return answers;
  });
});

describe("subscriptions", () => {
  const updates = (wire) => wire.heard("notifications/resources/updated").map(({ params }) => params.uri);
  // The bell is heard behind whatever was to be heard before it.
  const ring = () => modern(worker.port, "tools/call", { name: "ring", arguments: {} });
  const heard = (kits, uri, times) =>
    eventually(10_000, `${uri} is heard ${times} times`, () => kits.every(({ wire }) => updates(wire).filter((one) => one === uri).length >= times));

  test("both clients hear of what another one writes, until they unsubscribe", async () => {
    const kits = await Promise.all(KINDS.map((kind) => answering(kind, worker.url, { elicit: () => accept({ amount: 5 }) })));
    const add = () => modern(worker.port, "tools/call", { name: "add", arguments: { amount: 1 } });
    const each = (run) => Promise.all(kits.map(({ client }) => run(client)));
    try {
      await add();
      await each((client) => client.subscribeResource({ uri: "hotel://bell" }));
      await ring();
      await heard(kits, "hotel://bell", 1);
      for (const { wire } of kits) assert.deepEqual(updates(wire), ["hotel://bell"], "nobody subscribed to the total");

      await each((client) => client.subscribeResource({ uri: "hotel://total" }));
      await add();
      await heard(kits, "hotel://total", 1);
      // One of them writes by a handler that asks first: both hear of it, the writer too.
      await call(kits[0].client, "add_asked");
      await heard(kits, "hotel://total", 2);
      await modern(worker.port, "tools/call", { name: "total", arguments: {} });
      await assert.rejects(kits[1].client.readResource({ uri: "hotel://nosuch" }));
      await ring();
      await heard(kits, "hotel://bell", 2);
      for (const { wire } of kits) assert.deepEqual(updates(wire).sort(), ["hotel://bell", "hotel://bell", "hotel://total", "hotel://total"]);

      await kits[0].client.unsubscribeResource({ uri: "hotel://total" });
      await add();
      await ring();
      await heard(kits, "hotel://bell", 3);
      await heard([kits[1]], "hotel://total", 3);
      assert.equal(updates(kits[0].wire).filter((uri) => uri === "hotel://total").length, 2, "it had unsubscribed");
      for (const { wire } of kits) wire.check();
    } finally {
      await each((client) => client.close());
    }
  });

  test("a write that fails, or changes nothing, is not heard", async () => {
    const { client, wire } = await answering("streamable", worker.url, { elicit: () => accept({ amount: 5 }) });
    try {
      for (const uri of ["hotel://total", "hotel://bell"]) await client.subscribeResource({ uri });
      assert.equal((await call(client, "add_failing")).isError, true);
      await modern(worker.port, "tools/call", { name: "add", arguments: { amount: 0 } });
      await ring();
      await heard([{ wire }], "hotel://bell", 1);
      assert.deepEqual(updates(wire), ["hotel://bell"]);
    } finally {
      await client.close();
    }
  });

  for (const Peer of PEERS) {
    test(`${Peer.transport}: what cannot be subscribed to is refused`, async () => {
      const peer = await Peer.open(worker.port);
      for (const uri of ["hotel://note", "hotel://nosuch", "hotel://rooms/7"]) {
        const { error } = await peer.request("resources/subscribe", { uri });
        assert.ok([-32602, -32002].includes(error?.code), `${uri}: ${JSON.stringify(error)}`);
      }
      assert.deepEqual((await peer.request("resources/unsubscribe", { uri: "hotel://total" })).result, {}, "it was not subscribed");
      peer.close();
    });
  }
});
