// Raw HTTP: what the clients of the SDKs never send.

import http from "node:http";
import net from "node:net";
import { within } from "./wait.mjs";

const LIMIT = 20_000;

/**
 * One request on a connection of its own. `body` is a string, a Buffer, or an async iterable (sent chunked). Answers
 * `{ status, headers, text, json }`; `json` throws when the text is none.
 */
export function request(port, { method = "POST", path = "/mcp", headers = {}, body } = {}, limit = LIMIT) {
  return within(limit, `${method} ${path} is answered`, new Promise((resolve, reject) => {
    const req = http.request({ port, host: "127.0.0.1", method, path, headers, agent: false }, (res) => {
      const parts = [];
      res.on("data", (part) => parts.push(part));
      res.on("error", reject);
      res.on("end", () => resolve(response(res.statusCode, res.headers, Buffer.concat(parts).toString("utf8"))));
    });
    req.on("error", reject);
    if (body === undefined || typeof body === "string" || Buffer.isBuffer(body)) {
      if (body !== undefined) req.setHeader("content-length", Buffer.byteLength(body));
      req.end(body);
    } else {
      (async () => {
        for await (const part of body) {
          if (!req.write(part)) await new Promise((next) => req.once("drain", next));
        }
        req.end();
      })().catch(reject);
    }
  }));
}

function response(status, headers, text) {
  return {
    status,
    headers,
    text,
    get json() {
      try {
        return JSON.parse(text);
      } catch {
        throw new Error(`HTTP ${status} with a body that is no JSON: ${text.slice(0, 300)}`);
      }
    },
  };
}

/**
 * Writes `head` (and then what `feed` yields) to a bare socket and answers as soon as a response head and its body are there, even though the
 * request was never finished: `{ status, headers, text, sent }`, `sent` being the bytes of body that had left by then.
 */
export function unfinished(port, head, feed = [], limit = LIMIT) {
  const socket = net.connect(port, "127.0.0.1");
  let sent = 0;
  const answered = new Promise((resolve, reject) => {
    let buffer = Buffer.alloc(0);
    let done = false;
    const tryParse = (ended) => {
      const split = buffer.indexOf("\r\n\r\n");
      if (split < 0) return;
      const [first, ...lines] = buffer.subarray(0, split).toString("latin1").split("\r\n");
      const headers = Object.fromEntries(lines.map((l) => [l.slice(0, l.indexOf(":")).toLowerCase(), l.slice(l.indexOf(":") + 1).trim()]));
      const body = buffer.subarray(split + 4);
      if (!ended && body.length < Number(headers["content-length"] ?? Infinity)) return;
      done = true;
      resolve(Object.assign(response(Number(first.split(" ")[1]), headers, body.toString("utf8")), { sent }));
    };
    socket.on("data", (part) => {
      buffer = Buffer.concat([buffer, part]);
      tryParse(false);
    });
    socket.on("close", () => {
      tryParse(true);
      if (!done) reject(new Error(`the connection was closed without an answer after ${sent} bytes of body`));
    });
    // A server that has answered may well reset a connection on which the client goes on sending.
    socket.on("error", () => {});
    socket.on("connect", async () => {
      socket.write(head);
      for (const part of feed) {
        if (done || socket.destroyed) return;
        sent += part.length;
        if (!socket.write(part)) await new Promise((next) => { socket.once("drain", next); socket.once("close", next); });
      }
    });
  });
  return within(limit, "an unfinished request is answered", answered).finally(() => socket.destroy());
}
