// A KV namespace for workerd, which asks one over HTTP: rows with metadata that expire. Unlike Cloudflare's it is not late: what is written is read.

import http from "node:http";

/** Starts one. `rows` are what it has, by name. */
export async function startKv() {
  const rows = new Map();
  const live = (name) => {
    const row = rows.get(name);
    return row === undefined || row.expires <= Date.now() ? undefined : row;
  };
  const server = http.createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://kv");
    const name = decodeURIComponent(pathname.slice(1));
    const answer = (status, body = "", headers = {}) => response.writeHead(status, headers).end(body);
    switch (request.method) {
      case "PUT": {
        let value = "";
        for await (const part of request.setEncoding("utf8")) value += part;
        const [ttl, at] = [searchParams.get("expiration_ttl"), searchParams.get("expiration")];
        const expires = ttl !== null ? Date.now() + ttl * 1000 : at !== null ? at * 1000 : Infinity;
        rows.set(name, { value, expires, metadata: request.headers["cf-kv-metadata"] });
        return answer(200);
      }
      case "DELETE":
        rows.delete(name);
        return answer(200);
      default: {
        if (name !== "") {
          const row = live(name);
          return row === undefined ? answer(404) : answer(200, row.value, row.metadata === undefined ? {} : { "cf-kv-metadata": row.metadata });
        }
        const prefix = searchParams.get("prefix") ?? "";
        const keys = [...rows.keys()].filter((key) => key.startsWith(prefix) && live(key)).sort().map((key) => ({ name: key, metadata: live(key).metadata }));
        return answer(200, JSON.stringify({ keys, list_complete: true }), { "content-type": "application/json" });
      }
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  return { rows, port: server.address().port, close: () => (server.closeAllConnections(), server.close()) };
}
