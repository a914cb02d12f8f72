// WebSockets of an agent's own, and plain HTTP: what only the platform can do is tested here, the rest in `runtime/tests/websockets.rs`.

import assert from "node:assert/strict";
import http from "node:http";
import { after, before, describe, test } from "node:test";
import { modern, text } from "../lib/mcp.mjs";
import { SocketClient } from "../lib/socket.mjs";
import { agent } from "../lib/tools.mjs";
import { eventually, within } from "../lib/wait.mjs";
import { startWorker } from "../lib/workerd.mjs";

const LIMIT = 10_000;
// An object is evicted by 12 s after the last thing that happened to it.
const ASLEEP = 14_000;

let worker, port;
before(async () => {
  worker = await startWorker(agent("live"), { name: "live" });
  port = worker.port;
});
after(() => worker?.kill());

const open = (query) => SocketClient.open(port, `/ws?${query}`);

/**
 * An attempt to connect, which is answered by something else. One that is accepted is given up when it has got the frames up to `last`: workerd never ends the
 * connection of a client that has sent nothing, so Node's own client would wait for ever.
 */
function refused(query, headers = {}, last = Buffer.alloc(0)) {
  const upgrade = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" };
  return within(LIMIT, "the attempt is answered", new Promise((resolve, reject) => {
    const request = http.get({ port, host: "127.0.0.1", path: `/ws?${query}`, headers: { ...upgrade, ...headers }, agent: false });
    request.on("error", reject);
    request.on("upgrade", (response, socket, sent) => {
      const look = () => {
        if (!sent.includes(last)) return;
        socket.destroy();
        resolve({ status: 101, sent });
      };
      socket.on("error", () => {});
      socket.on("data", (part) => {
        sent = Buffer.concat([sent, part]);
        look();
      });
      look();
    });
    request.on("response", async (response) => {
      const parts = await response.toArray();
      resolve({ status: response.statusCode, body: Buffer.concat(parts).toString() });
    });
  }));
}

/** A plain request: `{ status, headers, body }`, the headers as they came. */
function plain(method, path, { headers = {}, body } = {}) {
  return within(LIMIT, `${method} ${path} is answered`, new Promise((resolve, reject) => {
    const request = http.request({ port, host: "127.0.0.1", method, path, headers, agent: false }, async (response) => {
      const parts = await response.toArray();
      resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) });
    });
    request.on("error", reject);
    if (body !== undefined && headers["transfer-encoding"] === undefined) request.setHeader("content-length", body.length);
    request.end(body);
  }));
}

const log = async () => (await plain("GET", "/hooks/log")).body.toString().split("\n").slice(0, -1);
const logged = (line) => eventually(LIMIT, `the log has: ${line}`, async () => (await log()).includes(line));

describe("connections", () => {
  test("a client connects, is told so, speaks, and leaves", async () => {
    const ada = await open("name=ada&room=a");
    assert.equal(await ada.next(), "welcome ada");
    assert.equal(await ada.ask("hello"), "ada: hello");
    assert.equal(await ada.ask("tags"), "room:a");
    assert.deepEqual(Buffer.from(await ada.ask(new Uint8Array([0, 128, 255]))), Buffer.from([255, 128, 0]));
    const bob = await open("name=bob&room=b");
    assert.equal(await bob.next(), "welcome bob");
    assert.equal(await ada.next(), "bob is here");
    ada.socket.send("room b");
    assert.equal(await bob.next(), "to b");
    const told = await modern(port, "tools/call", { name: "tell", arguments: { text: "from a tool" } });
    assert.equal(text(told.message.result), "2");
    assert.deepEqual([await ada.next(), await bob.next()], ["from a tool", "from a tool"]);
    assert.deepEqual(await ada.close(4005, "done"), { code: 4005, reason: "done" });
    assert.equal(await bob.next(), "ada is gone");
    await logged("close ada 4005 done room:a");
    await bob.close();
    await logged("close bob 1005  room:b");
  });

  test("who is refused is told what was meant for it, and nobody else hears of it", async () => {
    const ada = await open("name=ada");
    await ada.next();
    assert.deepEqual(await refused("name=eve&do=refuse"), { status: 403, body: "not you" });
    assert.deepEqual(await refused("name=eve&do=break"), { status: 500, body: "internal error" });
    assert.equal(await ada.ask("count"), "1", "and no word of eve before");
    assert.ok(!(await log()).includes("connect eve"));
    await ada.close();
  });

  test("a page of a stranger, and a name that is not ours, are refused", async () => {
    const body = "this Host or Origin is not served here";
    for (const headers of [{ origin: "https://evil.example" }, { origin: "null" }, { host: "evil.example" }]) {
      assert.deepEqual(await refused("name=page", headers), { status: 403, body }, JSON.stringify(headers));
    }
    for (const origin of ["https://app.example", `http://localhost:${port}`]) assert.equal((await refused("name=page", { origin })).status, 101);
    await eventually(LIMIT, "the pages are gone", async () => (await log()).filter((line) => line.startsWith("close page")).length === 2);
    assert.equal((await plain("GET", "/ws")).status, 426);
  });

  test("an agent ends a connection, also at once", async () => {
    const ada = await open("name=ada");
    await ada.next();
    ada.socket.send("close 3001");
    assert.deepEqual(await ada.end(), { code: 3001, reason: "as you say" });
    await logged("close ada 3001  ");
    const bye = Buffer.concat([Buffer.from([0x88, 5, 4001 >> 8, 4001 & 255]), Buffer.from("bye")]);
    const { sent } = await refused("name=bob&do=bye", {}, bye);
    assert.deepEqual(sent, Buffer.concat([Buffer.from([0x81, 11]), Buffer.from("welcome bob"), bye]));
  });

  test("handlers that write run in the order in which things came", async () => {
    const [ada, bob] = [await open("name=ada"), await open("name=bob")];
    for (const hello of ["welcome ada", "bob is here"]) assert.equal(await ada.next(), hello);
    await bob.next();
    const before = (await log()).length;
    ada.socket.send("slow");
    ada.socket.send("2");
    ada.socket.send("3");
    for (const said of ["slow 1", "slow 2", "ada: 2", "ada: 3"]) assert.equal(await ada.next(), said);
    assert.deepEqual((await log()).slice(before), ["ada: slow", "ada: 2", "ada: 3"]);
    // One that connects meanwhile waits for its turn, and then hears everything that comes after it.
    ada.socket.send("slow");
    const eve = await open("name=eve&do=late");
    assert.equal(await eve.next(), "welcome eve");
    for (const said of ["slow 1", "slow 2", "eve is here"]) assert.equal(await ada.next(), said);
    assert.equal(await bob.next(), "eve is here");
    await Promise.all([ada, bob, eve].map((client) => client.close(1000)));
  });

  test("a handler that fails has said nothing", async () => {
    const ada = await open("name=ada");
    await ada.next();
    ada.socket.send("fail");
    assert.equal(await ada.ask("count"), "1");
    await ada.close();
  });

  test("a message that is too large ends its connection", async () => {
    for (const large of ["x".repeat((64 << 10) + 1), "ü".repeat((32 << 10) + 1), new Uint8Array(1 << 20)]) {
      const ada = await open("name=large");
      await ada.next();
      assert.equal((await ada.ask("x".repeat(60_000))).length, 60_007);
      ada.socket.send(large);
      assert.deepEqual(await ada.end(), { code: 1009, reason: "a message may be 65536 bytes" });
    }
  });
});

describe("what outlives the object", () => {
  test("an object that has slept knows its connections, their tags and what was attached", async () => {
    const ada = await open("name=ada&room=a");
    await ada.next();
    // The JSON has 2,046 bytes, most of them of characters beyond Latin-1.
    assert.equal(await ada.ask("attach 680"), "attached true");
    assert.equal(await ada.ask("attach 681"), "attached false");
    await new Promise((resolve) => setTimeout(resolve, ASLEEP));
    const reply = await ada.ask("hello");
    assert.equal(reply, `${"日".repeat(680)}: hello`);
    assert.equal(await ada.ask("count"), "4");
    assert.equal(await ada.ask("tags"), "room:a");
    await new Promise((resolve) => setTimeout(resolve, ASLEEP));
    await ada.close(4000, "slept");
    await logged(`close ${"日".repeat(680)} 4000 slept room:a`);
  });

  for (const message of ["panic", "panic_late"]) {
    test(`${message}: whose message is lost is told by a close, all others stay`, async () => {
      const [ada, bob] = [await open("name=ada"), await open("name=bob")];
      for (const hello of ["welcome ada", "bob is here"]) assert.equal(await ada.next(), hello);
      await bob.next();
      const before = await log();
      ada.socket.send(message);
      assert.deepEqual(await ada.end(), { code: 1011, reason: "internal error" });
      assert.equal(await bob.next(), "ada is gone");
      assert.equal(await bob.ask("count"), "1");
      assert.deepEqual((await log()).slice(before.length), ["close ada 1011  ", "bob: count"]);
      await bob.close();
    });
  }

  test("a panic of on_connect and of on_request is answered at once", async () => {
    const ada = await open("name=ada");
    await ada.next();
    assert.deepEqual(await refused("name=eve&do=panic"), { status: 500, body: "internal error" });
    const { status, body } = await plain("GET", "/hooks/panic");
    assert.deepEqual([status, body.toString()], [500, "internal error"]);
    assert.equal(await ada.ask("count"), "1");
    await ada.close();
  });
});

describe("plain HTTP", () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, at) => at));
  const headers = { "content-type": "image/png", origin: "https://anybody.example" };

  test("bytes go in and come out, and headers as they were given", async () => {
    for (const method of ["POST", "PUT", "DELETE", "PATCH"]) {
      const answer = await plain(method, "/hooks/echo?a=1&b", { headers, body: bytes });
      assert.equal(answer.status, 201);
      assert.deepEqual(answer.body, bytes);
      assert.deepEqual(answer.headers["set-cookie"], ["a=1; Path=/", "b=2"]);
      assert.equal(answer.headers["content-type"], "image/png");
      assert.equal(answer.headers["x-query"], "a=1&b");
      assert.equal(answer.headers["x-host"], `127.0.0.1:${port}`);
      assert.equal(answer.headers["access-control-allow-origin"], undefined);
      assert.equal((await log()).at(-1), method);
    }
  });

  test("answers without a body have none", async () => {
    const head = await plain("HEAD", "/hooks/echo", { headers });
    assert.deepEqual([head.status, head.body.length], [201, 0]);
    const text = await plain("HEAD", "/hooks/log");
    assert.deepEqual([text.status, text.body.length], [200, 0]);
    for (const [path, status] of [["none", 204], ["unchanged", 304]]) {
      const answer = await plain("GET", `/hooks/${path}`);
      assert.deepEqual([answer.status, answer.body.length], [status, 0]);
    }
  });

  test("what cannot be answered says nothing of the inside", async () => {
    for (const path of ["fail", "header"]) {
      const answer = await plain("GET", `/hooks/${path}`);
      assert.deepEqual([answer.status, answer.body.toString()], [500, "internal error"]);
      assert.equal(answer.headers["set-cookie"], undefined);
    }
    assert.ok(!(await log()).includes("never"));
    assert.equal((await plain("GET", "/hooks/else")).status, 404);
  });

  test("a body has a limit, and the name has to be ours", async () => {
    const large = await plain("POST", "/hooks/echo", { body: Buffer.alloc((64 << 10) + 1) });
    assert.deepEqual([large.status, large.body.toString()], [413, "the body is larger than 65536 bytes"]);
    const chunked = await plain("POST", "/hooks/echo", { headers: { "transfer-encoding": "chunked" }, body: Buffer.alloc(1 << 20) });
    assert.equal(chunked.status, 413);
    assert.equal((await plain("POST", "/hooks/echo", { body: Buffer.alloc(64 << 10) })).status, 201);
    assert.equal((await plain("GET", "/hooks/log", { headers: { host: "evil.example" } })).status, 403);
    assert.equal((await plain("GET", "/hooks")).status, 404);
  });
});
