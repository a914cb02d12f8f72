// The floor of HTTP+SSE: the Worker holds the client's stream, a hibernatable WebSocket joins it to the object, which answers what is posted.

import { DurableObject } from "cloudflare:workers";

export class Agent extends DurableObject {
  fetch() {
    const [front, object] = Object.values(new WebSocketPair());
    this.ctx.acceptWebSocket(object);
    return new Response(null, { status: 101, webSocket: front });
  }

  async post(text) {
    const message = JSON.parse(text);
    const [socket] = this.ctx.getWebSockets();
    const result = { content: [{ type: "text", text: `Hello, ${message.params.arguments?.name}.` }] };
    socket.send(JSON.stringify({ jsonrpc: "2.0", id: message.id, result }));
  }

  webSocketMessage() {}
}

const encoder = new TextEncoder();

async function open(env) {
  const id = crypto.randomUUID();
  const { webSocket: socket } = await env.AGENT.getByName(id).fetch("https://object/", { headers: { Upgrade: "websocket" } });
  let beat;
  const events = new ReadableStream({
    start(client) {
      client.enqueue(encoder.encode(`event: endpoint\ndata: /sse/message?sessionId=${id}\n\n`));
      socket.addEventListener("message", ({ data }) => client.enqueue(encoder.encode(`event: message\ndata: ${data}\n\n`)));
      beat = setInterval(() => client.enqueue(encoder.encode(": keepalive\n\n")), 25_000);
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
    if (request.method === "GET") return open(env);
    const id = request.url.slice(request.url.indexOf("=") + 1);
    await env.AGENT.getByName(id).post(await request.text());
    return new Response(null, { status: 202 });
  },
};
