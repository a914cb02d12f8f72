// The floor of a call that asks: a Worker that seals a state with its question, opens it with the answer, and keeps nothing.

import { open, seal } from "./seal.mjs";

export default {
  async fetch(request, env) {
    const { id, params } = JSON.parse(await request.text());
    const headers = { "content-type": "application/json" };
    if (params.requestState === undefined) {
      const state = await seal(`{"name":${JSON.stringify(params.name)},"until":${Date.now() + 600_000}}`);
      const result = `{"resultType":"input_required","inputRequests":${env.QUESTIONS},"requestState":"${state}"}`;
      return new Response(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`, { headers });
    }
    const { until } = JSON.parse(await open(params.requestState));
    const text = until > Date.now() ? params.inputResponses.guest.content.name : "too late";
    return new Response(JSON.stringify({ jsonrpc: "2.0", id, result: { content: [{ type: "text", text }] } }), { headers });
  },
};
