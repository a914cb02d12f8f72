// Server-sent events, read as they come: events, and the comments that EventSource hides.

import http from "node:http";
import { within } from "./wait.mjs";

/** An open stream. `next(wanted, ms)` waits for the first item, from where the last `next` stopped, that `wanted` accepts. */
export class EventStream {
  #items = [];
  #waiting = [];
  #text = "";
  #ended = false;
  #left = Infinity;

  constructor(req, res) {
    this.req = req;
    this.res = res;
    this.status = res.statusCode;
    this.headers = res.headers;
    this.closed = new Promise((resolve) => res.once("close", resolve));
    res.setEncoding("utf8");
    res.on("data", (part) => this.#feed(part));
    res.on("error", () => {});
    res.once("close", () => {
      this.#ended = true;
      this.#wake();
    });
  }

  #feed(part) {
    if (this.#left <= 0) return;
    this.#text += part.slice(0, this.#left);
    this.#left -= part.length;
    if (this.#left <= 0) this.close();
    for (;;) {
      const end = this.#text.match(/\r\n\r\n|\n\n|\r\r/);
      if (!end) break;
      const block = this.#text.slice(0, end.index);
      this.#text = this.#text.slice(end.index + end[0].length);
      const item = { event: "message", data: [], comment: [] };
      for (const line of block.split(/\r\n|\n|\r/)) {
        const [, field, value] = line.match(/^([^:]*):? ?(.*)$/s);
        if (field === "") item.comment.push(value);
        else if (field === "data") item.data.push(value);
        else item[field] = value;
      }
      if (item.data.length) this.#items.push({ event: item.event, id: item.id, retry: item.retry, data: item.data.join("\n") });
      if (item.comment.length) this.#items.push({ comment: item.comment.join("\n") });
    }
    this.#wake();
  }

  #wake() {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** The next item that `wanted` accepts; others before it are dropped. Fails when the stream ends first, or after `ms`. */
  async next(wanted = (item) => item.data !== undefined, ms = 10_000) {
    const search = async () => {
      for (;;) {
        while (this.#items.length) {
          const item = this.#items.shift();
          if (wanted(item)) return item;
        }
        if (this.#ended) throw new Error("the stream ended while an event was awaited");
        await new Promise((resolve) => this.#waiting.push(resolve));
      }
    };
    return within(ms, "an event on the stream", search());
  }

  /** What has arrived and was not taken yet. */
  get pending() {
    return [...this.#items];
  }

  get ended() {
    return this.#ended;
  }

  /** Drops the connection after so many more characters, wherever in an event that is. */
  cutAfter(characters) {
    this.#left = characters;
    if (characters <= 0) this.close();
  }

  /** Stops reading: what comes stays with the server. */
  pause() {
    this.res.pause();
    this.res.socket.pause();
  }

  /** Leaves as a client does that is gone: the connection is dropped. */
  close() {
    this.req.destroy();
  }
}

/** Opens a stream. Resolves at the response's head, whatever its status. */
export function openStream(port, { method = "GET", path = "/sse", headers = {}, body } = {}, limit = 10_000) {
  return within(limit, `${method} ${path} opens`, new Promise((resolve, reject) => {
    const req = http.request({ port, host: "127.0.0.1", method, path, headers: { accept: "text/event-stream", ...headers }, agent: false });
    req.once("response", (res) => {
      req.on("error", () => {});
      resolve(new EventStream(req, res));
    });
    req.once("error", reject);
    req.end(body);
  }));
}
