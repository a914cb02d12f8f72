// The floors of calls with state: the Worker parses and answers, the object is reached by one RPC with a string each way.
// `value` is an echo (what a read must pay), `add` the same with one put (what a write must pay). The put changes the value: an equal one is
// not written at all.

import { DurableObject, env } from "cloudflare:workers";

// What a result has beside its content is that of ours.
const { resultType, _meta } = JSON.parse(env.FRAME ?? "{}");

export class Agent extends DurableObject {
  #writes = 0;

  async echo(text) {
    return text;
  }

  async put(text) {
    await this.ctx.storage.put("counter", text + this.#writes++);
    return text;
  }
}

let id;

export default {
  async fetch(request, env) {
    const message = JSON.parse(await request.text());
    id ??= env.AGENT.idFromName("state:server");
    const object = env.AGENT.get(id);
    const text = JSON.stringify(message.params.arguments ?? {});
    const echo = message.params.name === "add" ? await object.put(text) : await object.echo(text);
    const result = { resultType, content: [{ type: "text", text: echo }], _meta };
    return new Response(JSON.stringify({ jsonrpc: "2.0", id: message.id, result }), { headers: { "content-type": "application/json" } });
  },
};
