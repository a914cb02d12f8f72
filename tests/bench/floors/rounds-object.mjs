// The floor of a call with state that asks: the same as `rounds.mjs`, and each request goes to the object by one RPC: an echo to ask, one put with the answer.

import { DurableObject } from "cloudflare:workers";
import { open, seal } from "./seal.mjs";

export class Agent extends DurableObject {
  #total = 0;

  async echo(text) {
    return text;
  }

  async add(amount) {
    this.#total += amount;
    await this.ctx.storage.put("total", this.#total);
    return this.#total;
  }
}

let object;

export default {
  async fetch(request, env) {
    const { id, params } = JSON.parse(await request.text());
    const headers = { "content-type": "application/json" };
    const to = env.AGENT.get((object ??= env.AGENT.idFromName("state:server")));
    if (params.requestState === undefined) {
      const questions = await to.echo(env.QUESTIONS);
      const state = await seal(`{"name":${JSON.stringify(params.name)},"until":${Date.now() + 600_000}}`);
      const result = `{"resultType":"input_required","inputRequests":${questions},"requestState":"${state}"}`;
      return new Response(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`, { headers });
    }
    const { until } = JSON.parse(await open(params.requestState));
    const text = until > Date.now() ? String(await to.add(params.inputResponses.amount.content.amount)) : "too late";
    return new Response(JSON.stringify({ jsonrpc: "2.0", id, result: { content: [{ type: "text", text }] } }), { headers });
  },
};
