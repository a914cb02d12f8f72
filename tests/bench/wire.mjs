// A request as the bytes that go over the wire.

/** The line in a dialogue's requests where the header of the session goes, if there is one. */
export const SESSION_HERE = "mcp-session-id: here\r\n";

/** What a POST starts with, up to the length of its body. */
export function head(port, { path, headers }) {
  const lines = Object.entries({ host: `127.0.0.1:${port}`, "user-agent": "bench", ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\n${lines.join("")}`;
}

/** It with its body. */
export const whole = (head, body) => `${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** A POST of `body`. */
export const post = (port, { path, headers, body }) => whole(head(port, { path, headers }), body);
