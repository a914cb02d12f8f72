// The floor of a change that many hear of: the Worker holds the streams, a hibernatable WebSocket joins each to the object, which tells them all in the turn of
// the write. Each stream says whose it is, as the protocol wants it; the streams say each second that they are alive, as those of the agent do.

import { DurableObject } from "cloudflare:workers";

export class Agent extends DurableObject {
  #total = 0;

  fetch() {
    const [front, object] = Object.values(new WebSocketPair());
    this.ctx.acceptWebSocket(object);
    return new Response(null, { status: 101, webSocket: front });
  }

  async add(amount) {
    this.#total += amount;
    await this.ctx.storage.put("total", this.#total);
    for (const socket of this.ctx.getWebSockets()) socket.send('"uri":"hotel://total"');
    return this.#total;
  }

  webSocketMessage() {}
}

const encoder = new TextEncoder();
let object;

async function listen(to, id) {
  const { webSocket: socket } = await to.fetch("https://object/", { headers: { Upgrade: "websocket" } });
  const meta = `"_meta":{"io.modelcontextprotocol/subscriptionId":${JSON.stringify(id)}}`;
  const event = (method, params) => encoder.encode(`event: message\ndata: {"jsonrpc":"2.0","method":"notifications/${method}","params":{${params},${meta}}}\n\n`);
  let beat;
  const events = new ReadableStream({
    start(client) {
      client.enqueue(event("subscriptions/acknowledged", '"notifications":{"resourceSubscriptions":["hotel://total"]}'));
      socket.addEventListener("message", ({ data }) => client.enqueue(event("resources/updated", data)));
      beat = setInterval(() => client.enqueue(encoder.encode(": keepalive\n\n")), 1000);
      socket.accept();
    },
    cancel() {
      clearInterval(beat);
      socket.close();
    },
  });
  return new Response(events, { headers: { "content-type": "text/event-stream" } });
}

export default {
  async fetch(request, env) {
    const { id, method, params } = JSON.parse(await request.text());
    const to = env.AGENT.get((object ??= env.AGENT.idFromName("state:server")));
    if (method === "subscriptions/listen") return listen(to, id);
    const text = JSON.stringify({ total: await to.add(params.arguments.amount) });
    return new Response(JSON.stringify({ jsonrpc: "2.0", id, result: { content: [{ type: "text", text }] } }), { headers: { "content-type": "application/json" } });
  },
};
