// A proxy that adds a bearer token to every request, for clients that know of none.

import http from "node:http";

/** Starts one in front of a Worker; `{ url, close() }`. */
export async function startBearerProxy(port, token) {
  const server = http.createServer((request, response) => {
    const headers = { ...request.headers, authorization: `Bearer ${token}` };
    const inner = http.request({ port, host: "127.0.0.1", method: request.method, path: request.url, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.rawHeaders);
      response.flushHeaders();
      answer.pipe(response);
      answer.on("error", () => response.destroy());
    });
    inner.on("error", () => response.destroy());
    // Whoever leaves, leaves on both sides.
    response.on("close", () => inner.destroy());
    request.pipe(inner);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
