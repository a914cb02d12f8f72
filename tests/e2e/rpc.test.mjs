// What a client can ask wrongly inside a well-formed request, in every version.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { LEGACY, message, modern, MODERN, Session, SseSession, text } from "../lib/mcp.mjs";
import { agent } from "../lib/tools.mjs";
import { startWorker } from "../lib/workerd.mjs";

let worker, port;
before(async () => {
  worker = await startWorker(agent("counter"), { name: "rpc" });
  port = worker.port;
});
after(() => worker?.kill());

/** Every way to ask: `ask(method, params)` answers `{ status, message }`. */
const WAYS = [
  ...LEGACY.map((version) => ({
    name: `Streamable HTTP, ${version}`,
    version,
    open: async () => {
      const session = await Session.open(port, version);
      return { ask: (method, params) => session.send(method, params), close() {} };
    },
  })),
  ...["2024-11-05", "2025-11-25"].map((version) => ({
    name: `HTTP+SSE, ${version}`,
    version,
    open: async () => {
      const session = await SseSession.open(port, { version });
      return { ask: async (method, params) => ({ message: await session.send(method, params) }), close: () => session.close() };
    },
  })),
  { name: "2026-07-28", version: MODERN, open: async () => ({ ask: (method, params) => modern(port, method, params), close() {} }) },
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
      await error("tools/nosuch", undefined === version ? {} : {}, -32601);
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
      // `send` compares the id; here it is a text, and one that must be escaped.
      if (version === MODERN || name.startsWith("HTTP+SSE")) return;
      const session = await Session.open(port, version);
      for (const id of ["a", "\"\\\u2028", "0", 0, -5, 9007199254740991]) {
        const response = await session.post({ jsonrpc: "2.0", id, method: "ping" });
        assert.deepEqual(message(response), { jsonrpc: "2.0", id, result: {} });
      }
    });
  });
}

describe("batches", () => {
  // 2025-03-26 alone has them, and the engine does not serve them yet (protocol/src/jsonrpc.rs marks the place).
  for (const version of ["2025-03-26", "2025-06-18", "2025-11-25"]) {
    test(`${version}: a batch is refused as a whole, and none of it runs`, async () => {
      const session = await Session.open(port, version);
      const value = async () => JSON.parse(text(await session.call("value"))).counter;
      const start = await value();
      const add = (id) => ({ jsonrpc: "2.0", id, method: "tools/call", params: { name: "add", arguments: { a: 1 } } });
      const response = await session.post([add(1), add(2)]);
      assert.equal(response.status, 400, response.text);
      assert.equal(response.json.error.code, -32600);
      assert.equal(await value(), start);
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
