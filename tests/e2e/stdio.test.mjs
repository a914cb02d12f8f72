// The official clients against an agent as a native program, over stdio: what `cargo run` serves in a project.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { run, stdioClient, stdioModernClient } from "../lib/clients.mjs";
import { text } from "../lib/mcp.mjs";
import { native, scratch } from "../lib/tools.mjs";
import { within } from "../lib/wait.mjs";

const LIMIT = 15_000;
const PERSON = { username: "ada", email: "ada@example.com" };

const WAYS = {
  "SDK 1.x, 2025-11-25": (options) => stdioClient(native(), options),
  "client 2.x, 2026-07-28": (options) => stdioModernClient(native(), { pin: "2026-07-28" }, options),
  "client 2.x, which asks what is spoken": (options) => stdioModernClient(native(), "auto", options),
  "client 2.x as an older one": (options) => stdioModernClient(native(), "legacy", options),
};

for (const [name, connect] of Object.entries(WAYS)) {
  describe(name, () => {
    let client;
    const asked = [];
    before(async () => {
      client = await connect({ elicit: (params) => (asked.push(params.message), { action: "accept", content: PERSON }) });
    });
    after(() => client?.close());

    test("lists, calls and reads", async () => {
      const { tools } = await client.listTools();
      assert.ok(tools.some((tool) => tool.name === "test_simple_text"));
      const simple = await client.callTool({ name: "test_simple_text", arguments: {} });
      assert.equal(text(simple), "This is a simple text response for testing.");
      const changed = await client.callTool({ name: "set_watched_resource", arguments: { text: `by ${name}` } });
      assert.equal(text(changed), "changed");
      const read = await client.readResource({ uri: "test://watched-resource" });
      assert.equal(read.contents[0].text, `by ${name}`);
      await assert.rejects(client.readResource({ uri: "test://no such ☃" }));
    });

    test("is asked, and answers", async () => {
      asked.length = 0;
      const result = await client.callTool({ name: "test_elicitation", arguments: { message: "Who are you?" } });
      assert.deepEqual(asked, ["Who are you?"]);
      assert.match(text(result), /accept/);
      assert.match(text(result), /ada@example\.com/);
    });

    test("hears how far it is", async () => {
      const { transport } = client;
      const { onmessage } = transport;
      const said = [];
      transport.onmessage = (message, ...more) => {
        if (message.method === "notifications/progress") said.push(message.params.progress);
        onmessage(message, ...more);
      };
      const heard = [];
      const onprogress = ({ progress }) => heard.push(progress);
      const options = name.startsWith("SDK") ? [undefined, { onprogress }] : [{ onprogress }];
      await client.callTool({ name: "test_tool_with_progress", arguments: {} }, ...options);
      transport.onmessage = onmessage;
      assert.deepEqual(said, [0, 50, 100]);
      // The SDKs drop what they read together with the response.
      assert.deepEqual(heard, said.slice(0, heard.length));
    });
  });
}

describe("a state in a file", () => {
  const file = () => join(scratch("stdio"), "state.db");
  const set = (client, text) => client.callTool({ name: "set_watched_resource", arguments: { text } });
  const watched = async (client) => (await client.readResource({ uri: "test://watched-resource" })).contents[0].text;

  test("outlives a process that is killed as soon as it has answered", async () => {
    const state = file();
    let before = "Watched resource content";
    for (let round = 0; round < 5; round += 1) {
      const connect = round % 2 === 0 ? stdioClient : (program, options) => stdioModernClient(program, { pin: "2026-07-28" }, options);
      const client = await connect(native(), { args: ["--state", state] });
      assert.equal(await watched(client), before);
      before = `round ${round}`;
      await set(client, before);
      process.kill(client.transport.pid, "SIGKILL");
      await client.close();
    }
  });

  test("belongs to one process", async () => {
    const state = file();
    const client = await stdioClient(native(), { args: [`--state=${state}`] });
    const second = await run(native(), ["--state", state]);
    assert.equal(second.code, 1);
    assert.match(second.stderr, /another process has the state/);
    assert.equal(second.stdout, "");
    await set(client, "still here");
    assert.equal(await watched(client), "still here");
    await client.close();
  });
});

describe("the program", () => {
  test("says how it is called", async () => {
    const help = await run(native(), ["--help"]);
    assert.equal(help.code, 0);
    assert.match(help.stdout, /--state FILE/);
    const wrong = await run(native(), ["--port", "8787"]);
    assert.equal(wrong.code, 2);
    assert.equal(wrong.stdout, "");
    assert.match(wrong.stderr, /unknown argument `--port`/);
  });

  test("ends well when there is no more input", async () => {
    const nothing = await run(native(), []);
    assert.deepEqual([nothing.code, nothing.stdout, nothing.stderr], [0, "", ""]);
    const child = spawn(native(), [], { stdio: ["pipe", "pipe", "inherit"] });
    let out = "";
    child.stdout.setEncoding("utf8").on("data", (part) => (out += part));
    const ended = new Promise((resolve) => child.once("close", resolve));
    const params = { protocolVersion: "2024-11-05", capabilities: {}, clientInfo: { name: "pipe", version: "1" } };
    const messages = [
      { jsonrpc: "2.0", id: 1, method: "initialize", params },
      { jsonrpc: "2.0", method: "notifications/initialized" },
      { jsonrpc: "2.0", id: 2, method: "tools/call", params: { name: "test_simple_text", arguments: {} } },
    ];
    child.stdin.end(messages.map((message) => `${JSON.stringify(message)}\r\n`).join(""));
    assert.equal(await within(LIMIT, "the program ends", ended), 0);
    const answers = out.trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(answers.map((answer) => answer.id), [1, 2]);
  });
});
