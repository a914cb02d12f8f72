// State of a session, and sessions that expire.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { LEGACY, modern, Session, SseSession, text } from "../lib/mcp.mjs";
import { agent } from "../lib/tools.mjs";
import { readProject, shiftClock, speedClock } from "../lib/project.mjs";
import { rows } from "../lib/rows.mjs";
import { eventually } from "../lib/wait.mjs";
import { startWorker } from "../lib/workerd.mjs";

let worker, port;
before(async () => {
  worker = await startWorker(agent("session"), { name: "session" });
  port = worker.port;
});
after(() => worker?.kill());

const count = (result) => JSON.parse(text(result)).count;

for (const version of LEGACY) {
  test(`${version}: each session counts for itself`, async () => {
    const [a, b] = await Promise.all([Session.open(port, version), Session.open(port, version)]);
    await Promise.all([a, a, b, a].map((session) => session.call("bump")));
    assert.equal(count(await a.call("count")), 3);
    assert.equal(count(await b.call("count")), 1);
    const { message } = await a.send("resources/read", { uri: "session://count" });
    assert.equal(message.result.contents[0].text, "3");
  });
}

test("HTTP+SSE: each stream counts for itself", async () => {
  const [a, b] = await Promise.all([SseSession.open(port), SseSession.open(port)]);
  await a.call("bump");
  await a.call("bump");
  await b.call("bump");
  assert.equal(count(await a.call("count")), 2);
  assert.equal(count(await b.call("count")), 1);
  a.close();
  b.close();
});

test("a session's state survives SIGKILL", async () => {
  const session = await Session.open(port);
  await session.call("bump");
  await session.call("bump");
  worker = await worker.restart();
  port = session.port = worker.port;
  assert.equal(count(await session.call("count")), 2);
});

test("2026-07-28 has no sessions: a tool error names handles, and tools without state work", async () => {
  for (const name of ["bump", "count"]) {
    const { message } = await modern(port, "tools/call", { name, arguments: {} });
    assert.equal(message.result?.isError, true, JSON.stringify(message));
    assert.match(text(message.result), /handle/i);
  }
  const { message } = await modern(port, "tools/call", { name: "plain", arguments: {} });
  assert.equal(text(message.result), "plain");
  const { message: read } = await modern(port, "resources/read", { uri: "session://count" });
  assert.ok(read.error, JSON.stringify(read));
});

test("an expired session is 404, and a new one starts from nothing", async () => {
  const session = await Session.open(port);
  await session.call("bump");
  const ping = { jsonrpc: "2.0", id: 1, method: "ping" };
  // The same server, on the same storage, at another time of day: a minute is what this agent's sessions last.
  const at = async (ms, storage) => {
    const later = await startWorker(shiftClock(readProject(agent("session")), ms), { name: "session-later", storage });
    session.port = later.port;
    return later;
  };
  await worker.kill();
  let later = await at(50_000, worker.storage);
  assert.equal((await session.post(ping)).status, 200, "not yet");
  assert.equal(count(await session.call("count")), 1);
  await later.kill();
  later = await at(61_000, worker.storage);
  try {
    assert.equal((await session.post(ping)).status, 404);
    const again = await Session.open(later.port);
    assert.equal(count(await again.call("count")), 0);
  } finally {
    await later.kill();
  }
});

test("a session that is over leaves nothing", async () => {
  // Twenty times as fast, and so slow at first that the alarm, which the platform sounds by a clock of its own, is not late.
  const fast = await startWorker(speedClock(readProject(agent("session")), 20, 56_500), { name: "session-over" });
  try {
    const session = await Session.open(fast.port);
    await session.call("bump");
    assert.equal(count(await session.call("bump")), 2);
    assert.ok(rows(fast.storage).some(({ row }) => row.includes('"count":2')), "the state is not where this test looks for it");
    await eventually(40_000, "its rows are gone", () => rows(fast.storage).length === 0);
  } finally {
    await fast.kill();
  }
});

test("a stream may be older than a session: it lasts as long as it is open", async () => {
  // A hundred times as fast: the minute of a session is over in 0.6 s.
  const fast = await startWorker(speedClock(readProject(agent("session")), 100), { name: "session-fast" });
  try {
    const stream = await SseSession.open(fast.port);
    const session = await Session.open(fast.port);
    await stream.call("bump");
    await eventually(10_000, "a session that was opened after the stream has expired", async () => (await session.post({ jsonrpc: "2.0", id: 1, method: "ping" })).status === 404);
    assert.equal(count(await stream.call("bump")), 2);
    stream.close();
  } finally {
    await fast.kill();
  }
});
