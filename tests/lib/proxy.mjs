// A door in front of a Worker, whose port stays when the Worker is restarted, and whose connections can be cut: what a network does to clients.

import net from "node:net";

/** Starts one. `target(port)` says where connections go from now on; `cut()` drops those that there are. */
export async function startProxy(port) {
  const open = new Set();
  let target = port;
  const server = net.createServer((client) => {
    const inner = net.connect(target, "127.0.0.1");
    const end = () => {
      open.delete(end);
      client.destroy();
      inner.destroy();
    };
    open.add(end);
    for (const socket of [client, inner]) socket.on("error", end).on("close", end);
    client.pipe(inner).pipe(client);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    target: (next) => (target = next),
    cut: () => [...open].forEach((end) => end()),
    close() {
      this.cut();
      server.close();
    },
  };
}
