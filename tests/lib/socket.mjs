// A client of WebSockets: Node's own, and what came over it in its order.

import { within } from "./wait.mjs";

const LIMIT = 10_000;

/** A client: what it gets is kept until somebody asks for it. */
export class SocketClient {
  static async open(port, path) {
    const client = new SocketClient();
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
    Object.assign(client, { socket, got: [], waiting: [] });
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => {
      const wait = client.waiting.shift();
      if (wait) wait(data);
      else client.got.push(data);
    });
    client.closed = new Promise((resolve) => socket.addEventListener("close", ({ code, reason }) => resolve({ code, reason })));
    const opened = new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", () => reject(new Error("the connection was refused")));
    });
    await within(LIMIT, "the client is connected", opened);
    return client;
  }

  next() {
    if (this.got.length) return this.got.shift();
    return within(LIMIT, "the client gets a message", new Promise((resolve) => this.waiting.push(resolve)));
  }

  async ask(message) {
    this.socket.send(message);
    return this.next();
  }

  end() {
    return within(LIMIT, "the connection is closed", this.closed);
  }

  close(code, reason) {
    this.socket.close(code, reason);
    return this.end();
  }
}
