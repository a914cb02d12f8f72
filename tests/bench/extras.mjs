// What is no rate: the first request after a start, and the memory of an idle stream.

import { readFileSync } from "node:fs";
import net from "node:net";
import { request } from "../lib/http.mjs";
import { modernRequest } from "../lib/mcp.mjs";
import { within } from "../lib/wait.mjs";
import { startWorker } from "../lib/workerd.mjs";

/** Milliseconds from the start of the process to its first answer. */
export async function firstAnswer(project) {
  const started = performance.now();
  const worker = await startWorker(project, { name: "bench-start" });
  try {
    const { headers, message } = modernRequest("tools/call", { name: "greet", arguments: { name: "Ada" } });
    const response = await request(worker.port, { headers, body: JSON.stringify(message) });
    if (response.status !== 200) throw new Error(`the first request was answered ${response.status} ${response.text}`);
    return performance.now() - started;
  } finally {
    await worker.kill();
  }
}

/** Resident memory of a process, in KB. */
const resident = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]);

function open(port) {
  const socket = net.connect(port, "127.0.0.1", () => socket.write("GET /sse HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: text/event-stream\r\n\r\n"));
  return within(20_000, "a stream opens", new Promise((resolve, reject) => {
    let text = "";
    socket.on("error", reject);
    socket.on("data", (part) => {
      text += part.toString("latin1");
      if (/data: [^\n]+\n/.test(text)) resolve(socket);
    });
  }));
}

/** KB a stream, with `count` of them open and idle. */
export async function idleStreams(project, count) {
  const worker = await startWorker(project, { name: "bench-streams" });
  const sockets = [];
  try {
    // The first ones pay for what all share.
    for (let i = 0; i < 20; i++) sockets.push(await open(worker.port));
    const before = resident(worker.pid);
    for (let i = 0; i < count; i += 50) sockets.push(...(await Promise.all(Array.from({ length: 50 }, () => open(worker.port)))));
    return (resident(worker.pid) - before) / count;
  } finally {
    for (const socket of sockets) socket.destroy();
    await worker.kill();
  }
}
