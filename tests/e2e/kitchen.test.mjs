// Every kind of parameter, output, resource and prompt that a declaration can name.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { request } from "../lib/http.mjs";
import { LEGACY, modern, MODERN, modernRequest, Session, text } from "../lib/mcp.mjs";
import { agent, tools } from "../lib/tools.mjs";
import { startWorker } from "../lib/workerd.mjs";

const PATH = { path: "/api/mcp" };
const source = (file) => readFileSync(`${tools.repo}/tests/agents/kitchen/${file}`);

let worker, port;
before(async () => {
  worker = await startWorker(agent("kitchen"), { name: "kitchen" });
  port = worker.port;
});
after(() => worker?.kill());

const ask = async (method, params) => (await modern(port, method, params, PATH)).message;
const call = async (name, args) => {
  const message = await ask("tools/call", { name, ...(args === undefined ? {} : { arguments: args }) });
  assert.ok(message.result, JSON.stringify(message));
  return message.result;
};

describe("parameters", () => {
  const GOOD = { text: "abc", whole: 0 };
  const arrived = async (args) => {
    const result = await call("every", args);
    assert.notEqual(result.isError, true, `${JSON.stringify(args)}: ${JSON.stringify(result)}`);
    return JSON.parse(text(result));
  };
  const violated = async (args, pointer, tool = "every") => {
    const result = await call(tool, args);
    assert.equal(result.isError, true, `${JSON.stringify(args)} must be refused: ${JSON.stringify(result)}`);
    assert.ok(text(result).includes(pointer), `${JSON.stringify(args)} is wrong at ${pointer}, but: ${text(result)}`);
  };

  test("defaults are filled in, optional ones stay away", async () => {
    const got = await arrived(GOOD);
    assert.equal(got.text, "abc");
    assert.equal(got.whole, 0);
    assert.equal(got.flag, true);
    assert.equal(got.size, "small");
    assert.equal(got.real ?? null, null);
    assert.equal(got.list ?? null, null);
  });

  test("every type arrives as it was sent", async () => {
    const args = {
      text: "üß".replace("ß", "😀"), whole: -3, real: 1.25, flag: false, size: "extra-large", list: [0, 1, 2],
      nested: { x: -9007199254740991, deep: { "a/b~c": "日本語" }, rows: [{ n: 9 }, { n: -1 }] },
      dish: { title: "", ingredients: [{ name: "salt", grams: 0, note: "x" }] },
      anything: { a: [1, null, { b: "c" }], "": true },
      type: "keyword",
    };
    const got = await arrived(args);
    for (const [name, value] of Object.entries(args)) assert.deepEqual(got[name], value, name);
  });

  test("whole numbers may be written with a fraction of zero, and numbers without one", async () => {
    assert.equal((await arrived({ ...GOOD, real: 1 })).real, 1);
    assert.equal((await arrived({ ...GOOD, size: "2" })).size, "2");
    for (const value of [null, false, 0, "", [], {}]) assert.deepEqual((await arrived({ ...GOOD, anything: value })).anything ?? null, value);
  });

  test("numbers at the edge, as they are written", async () => {
    const raw = async (args) => {
      const { headers, message } = modernRequest("tools/call", { name: "every", arguments: "@" });
      const response = await request(port, { ...PATH, headers, body: JSON.stringify(message).replace('"@"', args) });
      assert.equal(response.status, 200, response.text);
      return response.json.result;
    };
    const nested = (x) => `{"text":"abc","whole":0,"nested":{"x":${x},"deep":{"a/b~c":""}}}`;
    for (const [written, meant] of [["1.0", 1], ["1e0", 1], ["-0", 0], ["-3.0", -3], ["30e-1", 3]]) {
      const result = await raw(`{"text":"abc","whole":${written}}`);
      assert.notEqual(result.isError, true, `${written}: ${text(result)}`);
      assert.equal(JSON.parse(text(result)).whole + 0, meant, written);
    }
    // Beyond what a JavaScript number holds, and exact nevertheless.
    for (const x of ["9223372036854775807", "-9223372036854775808", "9007199254740993"]) {
      assert.ok(text(await raw(nested(x))).includes(`"x":${x},`), x);
    }
    for (const x of ["9223372036854775808", "-9223372036854775809", "1e19", "1.5", "1e400"]) {
      const result = await raw(nested(x));
      assert.equal(result.isError, true, x);
      assert.ok(text(result).includes("/nested/x"), `${x} is wrong at /nested/x, but: ${text(result)}`);
    }
    // An integer, though no reader of floats can be sure of it: exact, or refused in its place.
    assert.match(text(await raw(nested("1e18"))), /"x":1000000000000000000,|\/nested\/x/);
    const twice = await raw('{"text":"abc","text":"abd","whole":0}');
    assert.ok(twice.isError && text(twice).includes("/text"), "a key that is there twice");
    const half = await raw('{"text":"abc","whole":0,"type":"\\ud800"}');
    assert.ok(half.isError && text(half).includes("/type"), "half of a surrogate pair");
  });

  for (const [args, pointer] of [
    [{}, "/text"],
    [{ text: "abc" }, "/whole"],
    [{ ...GOOD, text: "a" }, "/text"],
    [{ ...GOOD, text: "abcdef" }, "/text"],
    [{ ...GOOD, text: "ABC" }, "/text"],
    [{ ...GOOD, text: "ab\n" }, "/text"],
    [{ ...GOOD, text: ["abc"] }, "/text"],
    [{ ...GOOD, whole: 4 }, "/whole"],
    [{ ...GOOD, whole: -4 }, "/whole"],
    [{ ...GOOD, whole: 0.5 }, "/whole"],
    [{ ...GOOD, whole: "0" }, "/whole"],
    [{ ...GOOD, whole: true }, "/whole"],
    [{ ...GOOD, whole: 1e300 }, "/whole"],
    [{ ...GOOD, real: 0.49 }, "/real"],
    [{ ...GOOD, real: 1.51 }, "/real"],
    [{ ...GOOD, real: "1" }, "/real"],
    [{ ...GOOD, flag: "true" }, "/flag"],
    [{ ...GOOD, flag: 1 }, "/flag"],
    [{ ...GOOD, size: "medium" }, "/size"],
    [{ ...GOOD, size: "Small" }, "/size"],
    [{ ...GOOD, size: 2 }, "/size"],
    [{ ...GOOD, list: [] }, "/list"],
    [{ ...GOOD, list: [1, 2, 3, 4] }, "/list"],
    [{ ...GOOD, list: [1, -1] }, "/list/1"],
    [{ ...GOOD, list: [1, "2"] }, "/list/1"],
    [{ ...GOOD, list: { 0: 1 } }, "/list"],
    [{ ...GOOD, nested: {} }, "/nested/x"],
    [{ ...GOOD, nested: { x: 1, deep: {} } }, "/nested/deep/a~1b~0c"],
    [{ ...GOOD, nested: { x: 1, deep: { "a/b~c": "long" } } }, "/nested/deep/a~1b~0c"],
    [{ ...GOOD, nested: { x: 1, deep: { "a/b~c": "ok" }, rows: [{ n: 1 }, { n: 10 }] } }, "/nested/rows/1/n"],
    [{ ...GOOD, nested: { x: 1, deep: { "a/b~c": "ok" }, y: 1 } }, "/nested/y"],
    [{ ...GOOD, dish: { title: "x", ingredients: [] } }, "/dish/ingredients"],
    [{ ...GOOD, dish: { title: "x", ingredients: [{ name: "a", grams: -1 }] } }, "/dish/ingredients/0/grams"],
    [{ ...GOOD, dish: { title: "x", ingredients: [{ name: "", grams: 1 }] } }, "/dish/ingredients/0/name"],
    [{ ...GOOD, dish: { title: "x", ingredients: Array(6).fill({ name: "a", grams: 1 }) } }, "/dish/ingredients"],
    [{ ...GOOD, nosuch: 1 }, "/nosuch"],
    [{ ...GOOD, "a/b~c": 1 }, "/a~1b~0c"],
  ]) {
    test(`${JSON.stringify(args).slice(0, 100)} is wrong at ${pointer}`, () => violated(args, pointer));
  }

  const FORMATS = {
    date: [["2024-02-29", "1999-12-31"], ["2023-02-29", "2024-13-01", "24-01-01", "2024-1-1", "2024-02-29T00:00:00Z", ""]],
    moment: [["2024-02-29T23:59:59Z", "2024-01-01T00:00:00.123+02:00"], ["2024-02-30T00:00:00Z", "2024-01-01 00:00", "2024-01-01T25:00:00Z", "now"]],
    clock: [["23:59:59Z", "00:00:00.5-08:00"], ["24:00:00Z", "12:60:00Z", "noon"]],
    email: [["ada@example.com", "a.b+c@x.example"], ["ada", "ada@", "@x", "a b@c.de"]],
    v4: [["127.0.0.1", "255.255.255.255"], ["256.0.0.1", "1.2.3", "1.2.3.4.5", "::1", "01.2.3.4"]],
    v6: [["::1", "2001:db8::ff00:42:8329", "::ffff:1.2.3.4"], ["127.0.0.1", "1::2::3", "12345::", "g::1"]],
    uri: [["https://example.com/a?b#c", "urn:isbn:0451450523", "mailto:a@b.c"], ["//example.com", "relative/path", "", "http://[::1"]],
    uuid: [["123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-12D3-A456-426614174000"], ["123e4567e89b12d3a456426614174000", "123e4567-e89b-12d3-a456-42661417400g", ""]],
  };
  for (const [name, [good, bad]] of Object.entries(FORMATS)) {
    test(`format of ${name}`, async () => {
      for (const value of good) {
        const result = await call("formats", { [name]: value });
        assert.notEqual(result.isError, true, `${value}: ${JSON.stringify(result)}`);
      }
      for (const value of bad) await violated({ [name]: value }, `/${name}`, "formats");
    });
  }

  test("a schema of one's own is sent byte for byte, and enforced", async () => {
    const { headers } = await modern(port, "tools/list", {}, PATH);
    assert.ok(headers);
    const raw = JSON.stringify((await ask("tools/list")).result.tools.find((t) => t.name === "import").inputSchema);
    assert.equal(raw, JSON.stringify(JSON.parse(source("schemas/import.json"))), "the same keys in the same order");
    const good = { supplier: "Mill", boxes: [{ weight: 1.5, more: "allowed" }] };
    assert.deepEqual(JSON.parse(text(await call("import", good))), good);
    await violated({}, "/supplier", "import");
    await violated({ supplier: "" }, "/supplier", "import");
    await violated({ supplier: "x", boxes: [{}] }, "/boxes/0/weight", "import");
    await violated({ supplier: "x", boxes: [{ weight: -1 }] }, "/boxes/0/weight", "import");
    await violated({ supplier: "x", boxes: [{ weight: 1 }, { weight: 1 }, { weight: 1 }] }, "/boxes", "import");
    await violated({ supplier: "x", other: 1 }, "/other", "import");
  });
});

describe("what is listed", () => {
  test("input schemas say what the declaration says", async () => {
    const list = (await ask("tools/list")).result;
    assert.equal(list.ttlMs, 60_000);
    const every = list.tools.find((t) => t.name === "every");
    const schema = every.inputSchema;
    assert.deepEqual(schema.required, ["text", "whole"]);
    assert.deepEqual(Object.keys(schema.properties), ["text", "whole", "real", "flag", "size", "list", "nested", "dish", "anything", "type"]);
    assert.deepEqual(schema.properties.text, { type: "string", minLength: 2, maxLength: 5, pattern: "^[a-zü😀]+$", description: "Two to five small letters" });
    assert.deepEqual(schema.properties.size.enum, ["small", "extra-large", "2"]);
    assert.equal(schema.properties.size.default, "small");
    assert.equal(schema.properties.flag.default, true);
    assert.deepEqual([schema.properties.list.minItems, schema.properties.list.maxItems, schema.properties.list.items], [1, 3, { type: "integer", minimum: 0 }]);
    assert.deepEqual(schema.properties.nested.properties.deep.required, ["a/b~c"]);
    assert.equal(schema.properties.nested.additionalProperties, false);
    assert.equal(schema.properties.dish.$ref, "#/$defs/Dish");
    assert.deepEqual(Object.keys(schema.$defs).sort(), ["Dish", "Ingredient"]);
    assert.deepEqual(every.annotations, { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false });
    assert.equal(list.tools.find((t) => t.name === "who").inputSchema.type, "object");
  });

  test("output schemas are objects, with their definitions", async () => {
    const tools = Object.fromEntries((await ask("tools/list")).result.tools.map((t) => [t.name, t]));
    for (const name of ["cook", "weigh", "served", "who"]) assert.equal(tools[name].outputSchema.type, "object", name);
    assert.ok(tools.cook.outputSchema.$defs.Ingredient);
    assert.equal(tools.every.outputSchema, undefined);
  });

  test("names that are no identifiers in Rust are listed and called as they are", async () => {
    assert.equal(text(await call("type")), "type");
    assert.equal(text(await call("fetch-menu.v2")), "fetch-menu.v2");
  });

  test("the server introduces itself", async () => {
    const { result } = await ask("server/discover");
    assert.ok(result.supportedVersions.includes(MODERN));
    const info = result._meta["io.modelcontextprotocol/serverInfo"];
    assert.equal(info.name, "kitchen");
    assert.equal(info.version, "2.1.0");
    assert.equal(info.websiteUrl, "https://kitchen.example");
    assert.equal(result.instructions, "Order first, then eat.");
    for (const version of LEGACY) {
      const { initialized } = await Session.open(port, version, PATH);
      assert.equal(initialized.serverInfo.name, "kitchen");
      assert.equal(initialized.serverInfo.title !== undefined, version >= "2025-06-18");
      assert.equal(initialized.serverInfo.websiteUrl !== undefined, version >= "2025-11-25");
      const served = version >= "2025-03-26" ? ["completions", "prompts", "resources", "tools"] : ["prompts", "resources", "tools"];
      assert.deepEqual(Object.keys(initialized.capabilities).sort(), served, "nothing is announced that is not served");
    }
  });
});

describe("outputs", () => {
  const DISH = { title: "Soup", ingredients: [{ name: "leek", grams: 100 }, { name: "cream", grams: 50, note: "cold" }] };

  test("a named type", async () => {
    const result = await call("cook", { dish: DISH });
    assert.deepEqual(result.structuredContent, { ...DISH, ingredients: [...DISH.ingredients, { name: "salt", grams: 1 }] });
    assert.deepEqual(JSON.parse(text(result)), result.structuredContent, "old clients read the same as text");
  });

  test("fields, with an optional one", async () => {
    assert.deepEqual((await call("weigh", { ingredients: DISH.ingredients })).structuredContent, { grams: 150, count: 2, heaviest: DISH.ingredients[0] });
    assert.deepEqual((await call("weigh", { ingredients: [] })).structuredContent, { grams: 0, count: 0 });
  });

  for (const version of [...LEGACY, MODERN]) {
    test(`every kind of content, as ${version} has it`, async () => {
      const result = version === MODERN ? await call("media") : await (await Session.open(port, version, PATH)).call("media");
      const types = result.content.map((c) => c.type);
      const has = (type, since) => (version >= since ? type : "text");
      assert.deepEqual(types, ["text", "image", has("audio", "2025-03-26"), has("resource_link", "2025-06-18"), "resource", "resource"]);
      assert.equal(result.content[1].mimeType, "image/png");
      assert.deepEqual(Buffer.from(result.content[1].data, "base64"), source("files/photo.png"));
      assert.equal(result.content[4].resource.text, "Soup.");
      assert.deepEqual(Buffer.from(result.content[5].resource.blob, "base64"), source("files/photo.png"));
    });
  }

  test("failures, each as what it is", async () => {
    const tool = await call("refuse", { how: "tool" });
    assert.equal(tool.isError, true);
    assert.equal(text(tool), "the kitchen is closed");
    const std = await call("refuse", { how: "std" });
    assert.equal(std.isError, true);
    assert.match(text(std), /invalid digit/);
    const { error } = await ask("tools/call", { name: "refuse", arguments: { how: "protocol" } });
    assert.equal(error.code, -31000);
    assert.equal(error.message, "the kitchen burns");
  });

  test("a handler knows its caller", async () => {
    assert.deepEqual((await call("who")).structuredContent, { version: MODERN });
    const session = await Session.open(port, "2025-11-25", PATH);
    const [a, b] = [await session.call("who"), await session.call("who")];
    assert.equal(a.structuredContent.version, "2025-11-25");
    assert.match(a.structuredContent.session, /^[0-9a-f]{32}$/);
    assert.deepEqual(a.structuredContent, b.structuredContent);
    assert.ok(!session.id.includes(a.structuredContent.session), "it is not the secret");
  });

  test("a long answer comes whole", async () => {
    assert.equal(text(await call("big", { bytes: 2_000_000 })).length, 2_000_000);
  });

  test("max_body is the declaration's: 64 KiB", async () => {
    const sized = (bytes) => {
      const { headers, message } = modernRequest("tools/call", { name: "type", arguments: {} });
      const body = JSON.stringify(message);
      return request(port, { path: "/api/mcp", headers, body: body + " ".repeat(bytes - body.length) });
    };
    assert.equal((await sized(65536)).status, 200);
    assert.equal((await sized(65537)).status, 413);
  });
});

describe("resources", () => {
  const read = async (uri) => {
    const message = await ask("resources/read", { uri });
    assert.ok(message.result, `${uri}: ${JSON.stringify(message)}`);
    assert.equal(message.result.contents.length, 1);
    assert.equal(message.result.contents[0].uri, uri);
    return message.result.contents[0];
  };
  const missing = async (uri) => {
    const message = await ask("resources/read", { uri });
    assert.equal(message.error?.code, -32602, `${uri}: ${JSON.stringify(message)}`);
    return message.error;
  };

  test("texts, files, binary files", async () => {
    assert.equal((await read("menu://today")).text, "Soup.");
    const card = await read("menu://card");
    assert.equal(card.text, source("files/card.md").toString());
    assert.equal(card.mimeType, "text/markdown");
    const photo = await read("menu://photo");
    assert.deepEqual(Buffer.from(photo.blob, "base64"), source("files/photo.png"));
    assert.equal(photo.mimeType, "image/png");
  });

  test("lists and templates are apart", async () => {
    const { resources } = (await ask("resources/list")).result;
    assert.deepEqual(resources.map((r) => r.uri), ["menu://today", "menu://card", "menu://photo", "menu://motto", "menu://log", "menu://special", "menu://count"]);
    const { resourceTemplates } = (await ask("resources/templates/list")).result;
    assert.deepEqual(resourceTemplates.map((r) => r.uriTemplate), ["dish://{name}", "table://{room}/{number}"]);
    for (const item of [...resources, ...resourceTemplates]) assert.ok(item.name, JSON.stringify(item));
  });

  test("a template's variables are decoded, and reach the handler", async () => {
    assert.equal((await read("dish://soup")).text, "A dish named soup.");
    assert.equal((await read("dish://cr%C3%A8me%20br.")).text, "A dish named crème br..");
    assert.equal((await read("dish://a%2Fb")).text, "A dish named a/b.");
    assert.equal((await read("table://garden/20")).text, "Table 20 in the garden.");
  });

  test("what does not fit a template is not found; what violates it says where", async () => {
    await missing("dish://");
    await missing("dish://a/b");
    await missing("table://hall");
    await missing("table://hall/1/2");
    await missing("nosuch://x");
    assert.match((await missing("dish://much-too-long-a-name")).message, /\/name/);
    assert.match((await missing("table://cellar/1")).message, /\/room/);
    assert.match((await missing("table://hall/21")).message, /\/number/);
    assert.match((await missing("table://hall/one")).message, /\/number/);
    await missing("dish://%FF");
  });
});

describe("prompts", () => {
  const get = async (name, args) => (await ask("prompts/get", { name, ...(args ? { arguments: args } : {}) }));
  const words = async (name, args) => {
    const { result, error } = await get(name, args);
    assert.ok(result, JSON.stringify(error));
    assert.equal(result.messages.length, 1);
    return result.messages[0].content.text;
  };

  test("are listed with their arguments", async () => {
    const { prompts } = (await ask("prompts/list")).result;
    assert.deepEqual(prompts.map((p) => p.name), ["invite", "letter", "toast"]);
    assert.deepEqual(prompts[0].arguments.map((a) => [a.name, a.required ?? false]), [["guest", true], ["mood", false], ["wish", false]]);
  });

  test("holes are filled from arguments, defaults and the state, and not twice", async () => {
    assert.equal(await words("invite", { guest: "Ada" }), "Invite Ada to a plain dinner. 0 were served; motto: Eat well.");
    assert.equal(await words("invite", { guest: "{{ state.motto }}", mood: "festive" }), "Invite {{ state.motto }} to a festive dinner. 0 were served; motto: Eat well.");
    assert.equal(await words("invite", { guest: "Bob", wish: " <3 {{ guest }}" }), "Invite Bob to a plain dinner. 0 were served; motto: Eat well. <3 {{ guest }}");
    assert.equal((await words("letter", { guest: "Ada" })).trimEnd(), "Dear Ada,\n\ndinner is ready.");
    assert.match(await words("toast", { guest: "Ada" }), /Ada/);
  });

  test("arguments are checked", async () => {
    for (const [args, pointer] of [[undefined, "/guest"], [{}, "/guest"], [{ guest: "x".repeat(21) }, "/guest"], [{ guest: "Ada", mood: "sad" }, "/mood"], [{ guest: "Ada", x: "y" }, "/x"]]) {
      const { error } = await get("invite", args);
      assert.equal(error?.code, -32602, JSON.stringify(args));
      assert.ok(error.message.includes(pointer), error.message);
    }
  });
});
