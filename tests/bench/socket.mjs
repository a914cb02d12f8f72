// WebSockets over bare sockets, for the same reason as `channel.mjs`: Node's own client costs more processor time a message than the servers that are measured.

import { createHash } from "node:crypto";
import { connect } from "./channel.mjs";

// RFC 6455. The key is the same each time: nothing between client and server could cache what it opens.
const KEY = Buffer.from("the bench's key.").toString("base64");
const ACCEPT = createHash("sha1").update(`${KEY}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
const HEAD_END = "\r\n\r\n";

const TEXT = 0x81; // Whole, in one frame: workerd sends no others.
const CLOSE = 0x88;

/** The frame of a text. A client has to mask what it sends; with a mask of zeros that changes nothing. */
function frame(first, payload) {
  const { length } = payload;
  if (length > 0xffff) throw new Error("the bench sends nothing that long");
  const long = length > 125;
  const bytes = Buffer.alloc((long ? 8 : 6) + length);
  bytes[0] = first;
  bytes[1] = 0x80 | (long ? 126 : length);
  if (long) bytes.writeUInt16BE(length, 2);
  bytes.set(payload, bytes.length - length);
  return bytes;
}

const GOODBYE = frame(CLOSE, Buffer.from([1000 >> 8, 1000 & 0xff]));

/** Where the payload of the frame at `at` starts and ends; null while too little of it has come. */
function bounds(bytes, at) {
  if (bytes.length < at + 2) return null;
  const short = bytes[at + 1];
  const extra = short === 127 ? 8 : short === 126 ? 2 : 0;
  const start = at + 2 + extra;
  if (bytes.length < start) return null;
  const length = extra === 0 ? short : extra === 2 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
  return bytes.length < start + length ? null : { start, end: start + length };
}

/** A WebSocket: `heard` gets each text, read as Latin-1, which is all that the bench sends; `failed` hears when it is of no use any more. */
export class Socket {
  #open = false;
  #kept = null;

  constructor(port, path, heard, failed) {
    this.heard = heard;
    this.failed = failed;
    this.socket = connect(port, (part) => this.#read(part), failed);
    this.socket.write(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${KEY}\r\n\r\n`);
  }

  send(text) {
    this.socket.write(frame(TEXT, Buffer.from(text, "latin1")));
  }

  #read(part) {
    const bytes = this.#kept ? Buffer.concat([this.#kept, part]) : part;
    let at = this.#open ? 0 : this.#opened(bytes);
    for (let found; this.#open && (found = bounds(bytes, at)); at = found.end) {
      if (bytes[at] !== TEXT) return this.failed(new Error(`not a text: ${bytes.toString("latin1", at, at + 1000)}`));
      this.heard(bytes.latin1Slice(found.start, found.end));
    }
    // What is kept is copied: the next read comes into the same memory.
    this.#kept = at < bytes.length ? Buffer.from(bytes.subarray(at)) : null;
  }

  /** Where the frames start, once the server's answer is whole. */
  #opened(bytes) {
    const end = bytes.indexOf(HEAD_END);
    if (end < 0) return 0;
    const head = bytes.latin1Slice(0, end);
    this.#open = head.startsWith("HTTP/1.1 101") && head.includes(ACCEPT);
    if (!this.#open) this.failed(new Error(`no WebSocket was opened: ${bytes.toString("latin1", 0, 1000)}`));
    return end + HEAD_END.length;
  }

  /** Says goodbye: a server that was only left would have to find out. */
  close() {
    this.socket.write(GOODBYE);
    this.socket.destroySoon();
  }
}
