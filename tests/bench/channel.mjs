// HTTP/1.1 over bare sockets: `node:http` costs more processor time a request than the servers that are measured; this costs a tenth of it.

import net from "node:net";

/** A socket whose reads come without a copy. `failed` hears when it is of no use any more. */
export function connect(port, read, failed) {
  const socket = net.connect({
    port,
    host: "127.0.0.1",
    noDelay: true,
    onread: { buffer: Buffer.allocUnsafe(256 * 1024), callback: (size, buffer) => (read(buffer.subarray(0, size)), true) },
  });
  socket.on("error", failed);
  socket.on("close", () => failed(new Error("the server closed the connection")));
  return socket;
}

const HEAD_END = Buffer.from("\r\n\r\n");
const LENGTH = /\r\ncontent-length: *(\d+)/i;
const CHUNKED = /\r\ntransfer-encoding: *chunked/i;
const LAST_CHUNK = "\r\n0\r\n\r\n";

/** A connection that has one response outstanding at a time: `answered` gets its head, all its bytes and where its body starts. */
export class Channel {
  #kept = null;

  constructor(port, answered, failed) {
    this.answered = answered;
    this.failed = failed;
    this.socket = connect(port, (part) => this.#read(part), failed);
  }

  #read(part) {
    // Nearly always a response is one read, and is parsed where it lies.
    const bytes = this.#kept ? Buffer.concat([this.#kept, part]) : part;
    const split = bytes.indexOf(HEAD_END);
    const end = split < 0 ? Infinity : this.#end(bytes, split, part.length);
    if (bytes.length < end) {
      this.#kept = this.#kept ? bytes : Buffer.from(bytes);
      return;
    }
    this.#kept = null;
    if (bytes.length > end) return this.failed(new Error(`more than a response: ${bytes.toString("latin1", 0, 1000)}`));
    this.answered(bytes.latin1Slice(0, split), bytes, split + 4);
  }

  #end(bytes, split, fresh) {
    const head = bytes.latin1Slice(0, split + 2);
    const length = LENGTH.exec(head);
    if (length) return split + 4 + Number(length[1]);
    if (!CHUNKED.test(head)) return split + 4; // What has no body, as 202 may.
    const from = Math.max(split + 2, bytes.length - fresh - LAST_CHUNK.length);
    return bytes.indexOf(LAST_CHUNK, from, "latin1") < 0 ? Infinity : bytes.length;
  }
}
