// What a client can ask wrongly inside a well-formed request, in every version.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { request } from "../lib/http.mjs";
import { LEGACY, message, modern, MODERN, modernRequest, Session, SseSession, text } from "../lib/mcp.mjs";
import { agent } from "../lib/tools.mjs";
import { startWorker } from "../lib/workerd.mjs";

let worker, port;
before(async () => {
  worker = await startWorker(agent("counter"), { name: "rpc" });
  port = worker.port;
});
after(() => worker?.kill());

async function stateless(id) {
  const { headers, message: sent } = modernRequest("tools/list", {}, { id });
  return message(await request(port, { headers, body: JSON.stringify(sent) }));
}

/** Every way to ask: `ask(method, params)` answers `{ status, message }`; `raw(id)` lists tools with that id and answers the message. */
const WAYS = [
  ...LEGACY.map((version) => ({
    name: `Streamable HTTP, ${version}`,
    version,
    open: async () => {
      const session = await Session.open(port, version);
      const raw = async (id) => message(await session.post({ jsonrpc: "2.0", id, method: "tools/list" }));
      return { ask: (method, params) => session.send(method, params), raw, close() {} };
    },
  })),
  ...["2024-11-05", "2025-11-25"].map((version) => ({
    name: `HTTP+SSE, ${version}`,
    version,
    open: async () => {
      const session = await SseSession.open(port, { version });
      const raw = async (id) => {
        assert.equal((await session.post({ jsonrpc: "2.0", id, method: "tools/list" })).status, 202);
        return JSON.parse((await session.stream.next()).data);
      };
      return { ask: async (method, params) => ({ message: await session.send(method, params) }), raw, close: () => session.close() };
    },
  })),
  { name: "2026-07-28", version: MODERN, open: async () => ({ ask: (method, params) => modern(port, method, params), raw: stateless, close() {} }) },
];

for (const { name, version, open } of WAYS) {
  describe(name, () => {
    let way;
    before(async () => {
      way = await open();
    });
    after(() => way?.close());

    const error = async (method, params, code, says) => {
      const { status, message } = await way.ask(method, params);
      assert.ok(message.error, `${method} ${JSON.stringify(params)} must fail: ${JSON.stringify(message)}`);
      assert.equal(message.error.code, code, JSON.stringify(message));
      if (says) assert.match(message.error.message, says);
      return status;
    };

    /** Bad arguments of a tool: a result that a model reads, or an error, by version; the place is a JSON pointer. */
    const violation = async (tool, args, pointer) => {
      const { message } = await way.ask("tools/call", { name: tool, arguments: args });
      let says;
      if (version >= "2025-11-25") {
        assert.equal(message.result?.isError, true, `${JSON.stringify(args)}: ${JSON.stringify(message)}`);
        says = text(message.result);
      } else {
        assert.equal(message.error?.code, -32602, `${JSON.stringify(args)}: ${JSON.stringify(message)}`);
        says = message.error.message;
      }
      assert.ok(says.includes(pointer), `${JSON.stringify(args)} is wrong at ${pointer}, but: ${says}`);
    };

    test("an unknown method is -32601", async () => {
      const status = await error("nosuch/method", {}, -32601, /nosuch\/method/);
      if (status !== undefined) assert.equal(status, version === MODERN ? 404 : 200);
      await error("tools/nosuch", {}, -32601);
    });

    test("an unknown tool is -32602 and is named", () => error("tools/call", { name: "nosuch", arguments: {} }, -32602, /nosuch/));
    test("an unknown prompt is -32602 and is named", () => error("prompts/get", { name: "nosuch" }, -32602, /nosuch/));
    test("an unknown resource has the version's code", async () => {
      await error("resources/read", { uri: "counter://nosuch" }, version === MODERN ? -32602 : -32002);
      await error("resources/read", { uri: "" }, version === MODERN ? -32602 : -32002);
    });

    test("params of a wrong shape are -32602", async () => {
      await error("tools/call", { arguments: {} }, -32602);
      await error("tools/call", { name: 7, arguments: {} }, -32602);
      await error("tools/call", { name: "add", arguments: [1] }, -32602);
      await error("tools/call", { name: "add", arguments: "a=1" }, -32602);
      await error("resources/read", {}, -32602);
      await error("resources/read", { uri: 7 }, -32602);
      await error("prompts/get", { name: "report", arguments: { tone: 7 } }, -32602);
    });

    test("violating arguments are named by JSON pointer", async () => {
      await violation("add", {}, "/a");
      await violation("add", undefined, "/a");
      await violation("add", { a: "1" }, "/a");
      await violation("add", { a: 1.5 }, "/a");
      await violation("add", { a: 1000001 }, "/a");
      await violation("add", { a: -1000001 }, "/a");
      await violation("add", { a: null }, "/a");
      await violation("add", { a: 1, b: 2 }, "/b");
      await violation("greet", { name: "" }, "/name");
      await violation("greet", { name: "x".repeat(101) }, "/name");
      await violation("greet", { name: "Ada", style: "loud" }, "/style");
      await violation("value", { x: 1 }, "/x");
      const { message } = await way.ask("tools/call", { name: "greet", arguments: { name: "", style: "loud" } });
      const says = JSON.stringify(message);
      assert.ok(says.includes("/name") && says.includes("/style"), `both places are named: ${says}`);
    });

    test("violating prompt arguments are -32602 with a JSON pointer", async () => {
      await error("prompts/get", { name: "report", arguments: { tone: "loud" } }, -32602, /\/tone/);
      await error("prompts/get", { name: "report", arguments: { nosuch: "x" } }, -32602, /\/nosuch/);
    });

    test("bounds themselves are legal", async () => {
      const call = async (tool, args) => {
        const { message } = await way.ask("tools/call", { name: tool, arguments: args });
        assert.notEqual(message.result.isError, true, JSON.stringify(message));
        return text(message.result);
      };
      const up = await call("add", { a: 1000000 });
      const down = await call("add", { a: -1000000 });
      assert.equal(Number(up.slice(4)) - 1000000, Number(down.slice(4)));
      assert.equal(await call("add", { a: 0 }), down);
      await call("greet", { name: "😀".repeat(100) });
    });

    test("lists and templates", async () => {
      const { message: tools } = await way.ask("tools/list", {});
      const value = tools.result.tools.find((t) => t.name === "value");
      assert.equal(value.outputSchema !== undefined, version >= "2025-06-18");
      assert.equal(value.title !== undefined, version >= "2025-06-18");
      assert.equal(value.annotations !== undefined, version >= "2025-03-26");
      const { message: resources } = await way.ask("resources/list", {});
      assert.equal(resources.result.resources.length, 2);
      const { message: templates } = await way.ask("resources/templates/list", {});
      assert.deepEqual(templates.result.resourceTemplates, []);
      const { message: prompts } = await way.ask("prompts/list", {});
      assert.equal(prompts.result.prompts.length, 1);
      if (version === MODERN) {
        for (const list of [tools, resources, templates, prompts]) {
          assert.equal(list.result.resultType, "complete");
          assert.equal(typeof list.result.ttlMs, "number");
          assert.equal(list.result.cacheScope, "public");
        }
      }
    });

    test("structured output where the version has it", async () => {
      const { message } = await way.ask("tools/call", { name: "value", arguments: {} });
      const value = JSON.parse(text(message.result));
      if (version >= "2025-06-18") assert.deepEqual(message.result.structuredContent, value);
      else assert.equal(message.result.structuredContent, undefined);
    });

    test("ids come back as they were sent", async () => {
      for (const id of ["a", "\"\\\u2028", "0", "", 0, -5, 9007199254740991]) {
        const answer = await way.raw(id);
        assert.equal(answer.id, id);
        assert.ok(answer.result, JSON.stringify(answer));
      }
    });
  });
}

describe("batches", () => {
  const ask = (id, method, params) => ({ jsonrpc: "2.0", id, method, params });
  const add = (id, a = 1) => ask(id, "tools/call", { name: "add", arguments: { a } });
  const greet = (id, name) => ask(id, "tools/call", { name: "greet", arguments: { name } });
  const value = async (session) => JSON.parse(text(await session.call("value"))).counter;
  const byId = (answers, id) => answers.find((answer) => answer.id === id);

  describe("2025-03-26 has them", () => {
    let session;
    before(async () => {
      session = await Session.open(port, "2025-03-26");
    });

    test("every request is answered in one array: what runs here, what runs in an object, and what fails", async () => {
      const start = await value(session);
      const sent = [ask(1, "ping"), add("b", 2), greet(3, "Ada"), ask(4, "tools/list"), ask(5, "nosuch"), add(6, "x"), { jsonrpc: "2.0", method: "notifications/x" }, 7];
      const response = await session.post(sent);
      assert.equal(response.status, 200, response.text);
      assert.match(response.headers["content-type"], /^application\/json/);
      assert.equal(response.json.length, 7, response.text);
      assert.deepEqual(byId(response.json, 1).result, {});
      assert.equal(text(byId(response.json, "b").result), `now ${start + 2}`);
      assert.match(text(byId(response.json, 3).result), /Ada/);
      assert.equal(byId(response.json, 4).result.tools.length, 3);
      assert.equal(byId(response.json, 5).error.code, -32601);
      assert.equal(byId(response.json, 6).error.code, -32602);
      assert.equal(byId(response.json, null).error.code, -32600);
      assert.equal(await value(session), start + 2);
    });

    test("fifty writes are fifty writes, and one more is refused before any of them", async () => {
      const start = await value(session);
      const fifty = Array.from({ length: 50 }, (_, i) => add(i));
      const response = await session.post(fifty);
      assert.equal(response.status, 200, response.text);
      assert.deepEqual(response.json.map((answer) => answer.id).sort((a, b) => a - b), fifty.map((request) => request.id));
      assert.ok(response.json.every((answer) => answer.result), response.text);
      assert.equal(await value(session), start + 50);
      const refused = await session.post([...fifty, add(50)]);
      assert.equal(refused.status, 400, refused.text);
      assert.equal(refused.json.error.code, -32600);
      assert.equal(await value(session), start + 50);
    });

    test("who takes only a stream gets an event for each", async () => {
      const response = await session.post([ask(1, "ping"), greet(2, "Ada"), 7, add(3, 0)], { headers: { accept: "text/event-stream" } });
      assert.equal(response.status, 200, response.text);
      assert.match(response.headers["content-type"], /^text\/event-stream/);
      const events = response.text.split("\n\n").filter(Boolean);
      const answers = events.map((event) => JSON.parse(/^event: message\ndata: (.*)$/.exec(event)[1]));
      assert.equal(answers.length, 4, response.text);
      assert.deepEqual(byId(answers, 1).result, {});
      assert.match(text(byId(answers, 2).result), /Ada/);
      assert.ok(byId(answers, 3).result);
      assert.equal(byId(answers, null).error.code, -32600);
    });

    test("notifications and responses alone are 202 without a body", async () => {
      for (const batch of [[{ jsonrpc: "2.0", method: "notifications/x" }], [{ jsonrpc: "2.0", id: 1, result: {} }, { jsonrpc: "2.0", method: "notifications/x" }]]) {
        const response = await session.post(batch);
        assert.equal(response.status, 202, response.text);
        assert.equal(response.text, "");
      }
    });

    test("an empty one is 400 and -32600, and so is one of nonsense, in an array", async () => {
      const empty = await session.post([]);
      assert.equal(empty.status, 400);
      assert.equal(empty.json.error.code, -32600);
      const nonsense = await session.post([1, []]);
      assert.equal(nonsense.status, 400);
      assert.deepEqual(nonsense.json.map((answer) => [answer.id, answer.error.code]), [[null, -32600], [null, -32600]]);
    });

    test("`initialize` must not be part of one, and mints no session", async () => {
      const initialize = ask(1, "initialize", { protocolVersion: "2025-03-26", capabilities: {}, clientInfo: { name: "e2e", version: "1.0.0" } });
      const response = await session.post([initialize, ask(2, "ping")]);
      assert.equal(response.status, 200, response.text);
      assert.equal(byId(response.json, 1).error.code, -32600);
      assert.deepEqual(byId(response.json, 2).result, {});
      const alone = await session.post([initialize], { headers: { "mcp-session-id": undefined } });
      assert.equal(alone.status, 400, alone.text);
      assert.equal(alone.headers["mcp-session-id"], undefined);
    });

    test("requests with the same id do not run, for their answers could not be told apart", async () => {
      const start = await value(session);
      const response = await session.post([add(1), add(1), add(2)]);
      assert.equal(response.status, 200, response.text);
      assert.deepEqual(response.json.map((answer) => [answer.id, answer.error?.code]), [[1, -32600], [1, -32600], [2, undefined]]);
      assert.equal(await value(session), start + 1);
    });

    test("every character comes back as it was sent", async () => {
      const names = ["Ünïcödé", "a\u001eb", "\u2028", "\\\"/\n\t", "😀"];
      const response = await session.post(names.map((name, id) => greet(id, name)));
      for (const [id, name] of names.entries()) assert.ok(text(byId(response.json, id).result).includes(name), JSON.stringify(name));
    });

    test("a session is needed", async () => {
      assert.equal((await session.post([ask(1, "ping")], { headers: { "mcp-session-id": undefined } })).status, 400);
      assert.equal((await session.post([ask(1, "ping")], { headers: { "mcp-session-id": "forged" } })).status, 404);
    });
  });

  test("2025-03-26 over HTTP+SSE: each answer comes on the stream", async () => {
    const session = await SseSession.open(port, { version: "2025-03-26" });
    try {
      const start = await value(session);
      const accepted = await session.post([ask("p", "ping"), add("w", 3), greet("g", "Ada"), { jsonrpc: "2.0", method: "notifications/x" }, ask("i", "initialize"), 7]);
      assert.equal(accepted.status, 202, accepted.text);
      const answers = [];
      while (answers.length < 5) answers.push(JSON.parse((await session.stream.next()).data));
      assert.deepEqual(byId(answers, "p").result, {});
      assert.equal(text(byId(answers, "w").result), `now ${start + 3}`);
      assert.match(text(byId(answers, "g").result), /Ada/);
      assert.equal(byId(answers, "i").error.code, -32600);
      assert.equal(byId(answers, null).error.code, -32600);
      assert.equal(await value(session), start + 3);
      assert.equal((await session.post([{ jsonrpc: "2.0", method: "notifications/x" }])).status, 202);
      const empty = await session.post([]);
      assert.equal(empty.status, 400);
      assert.equal(empty.json.error.code, -32600);
    } finally {
      session.close();
    }
  });

  for (const version of ["2024-11-05", "2025-06-18", "2025-11-25"]) {
    test(`${version}: a batch is refused as a whole, and none of it runs`, async () => {
      const session = await Session.open(port, version);
      const start = await value(session);
      const response = await session.post([add(1), add(2)]);
      assert.equal(response.status, 400, response.text);
      assert.equal(response.json.error.code, -32600);
      assert.equal(await value(session), start);
    });
  }
});

test("notifications and responses are 202 without a body", async () => {
  const session = await Session.open(port);
  for (const sent of [
    { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } },
    { jsonrpc: "2.0", method: "notifications/nosuch" },
    { jsonrpc: "2.0", id: 1, result: {} },
  ]) {
    const response = await session.post(sent);
    assert.equal(response.status, 202, response.text);
    assert.equal(response.text, "");
  }
});
