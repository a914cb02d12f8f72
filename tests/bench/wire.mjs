// A request as the bytes that go over the wire.

/** The line in a dialogue's requests where the header of the session goes, if there is one. */
export const SESSION_HERE = "mcp-session-id: here\r\n";

/** A POST of `body`. */
export function post(port, { path, headers, body }) {
  const all = { host: `127.0.0.1:${port}`, "user-agent": "bench", ...headers, "content-length": Buffer.byteLength(body) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`;
}
