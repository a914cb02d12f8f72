// The floor of a shared state: the Worker joins each client to the object by a hibernatable WebSocket; the object parses what comes, puts the state when it
// changes, and sends the frames that npm `agents` would. `tools/call` over HTTP changes it too.

import { DurableObject } from "cloudflare:workers";

const IDENTITY = JSON.stringify({ type: "cf_agent_identity", name: "default", agent: "tally", stateFollows: true });

export class Agent extends DurableObject {
  #state;

  constructor(ctx, env) {
    super(ctx, env);
    ctx.blockConcurrencyWhile(async () => (this.#state = (await ctx.storage.get("state")) ?? { count: 0, note: "" }));
  }

  fetch() {
    const [client, object] = Object.values(new WebSocketPair());
    this.ctx.acceptWebSocket(object);
    object.send(IDENTITY);
    object.send(this.#frame());
    return new Response(null, { status: 101, webSocket: client });
  }

  #frame() {
    return JSON.stringify({ type: "cf_agent_state", state: this.#state });
  }

  async add({ a }) {
    this.#state = { ...this.#state, count: this.#state.count + a };
    this.ctx.storage.put("state", this.#state);
    const frame = this.#frame();
    for (const socket of this.ctx.getWebSockets()) socket.send(frame);
    return this.value();
  }

  async value() {
    return { count: this.#state.count };
  }

  async webSocketMessage(socket, text) {
    const { id, method, args } = JSON.parse(text);
    const result = await (method === "add" ? this.add(args[0]) : this.value());
    socket.send(JSON.stringify({ type: "rpc", id, success: true, done: true, result }));
  }
}

let object;

export default {
  async fetch(request, env) {
    const to = env.AGENT.get((object ??= env.AGENT.idFromName("state:server")));
    if (request.headers.get("upgrade") === "websocket") return to.fetch(request);
    const { id, params } = JSON.parse(await request.text());
    const text = JSON.stringify(await to.add(params.arguments));
    return new Response(JSON.stringify({ jsonrpc: "2.0", id, result: { content: [{ type: "text", text }] } }), { headers: { "content-type": "application/json" } });
  },
};
