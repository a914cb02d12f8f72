// A tiny server of the test's own: what a handler fetches is counted here, across restarts of the Worker.

import http from "node:http";
import { eventually } from "./wait.mjs";

/** Starts it. `url` is what a handler is given; `count(name)` says how often `<url>/<name>` was fetched. */
export async function startHits() {
  const counts = new Map();
  const waits = new Map();
  const server = http.createServer(async (request, response) => {
    const name = request.url.split("/").at(-1);
    counts.set(name, (counts.get(name) ?? 0) + 1);
    await waits.get(name);
    response.end(`${name}#${counts.get(name)}`);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  const hits = {
    url: `http://127.0.0.1:${server.address().port}`,
    count: (name) => counts.get(name) ?? 0,
    reset: () => counts.clear(),
    /** Holds back the answers to `name` until what it returns is called. */
    hold(name) {
      let release;
      waits.set(name, new Promise((resolve) => (release = resolve)));
      return () => {
        waits.delete(name);
        release();
      };
    },
    reached: (name, times = 1, ms = 10_000) => eventually(ms, `${name} is fetched`, () => hits.count(name) >= times),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return hits;
}
