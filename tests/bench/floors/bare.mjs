// The floor of a call without state: the least that a Worker in plain JavaScript must do to answer `tools/call` over HTTP. What a result
// has beside its content, which depends on the protocol's version, is that of ours.

import { env } from "cloudflare:workers";

const { resultType, _meta } = JSON.parse(env.FRAME ?? "{}");

export default {
  async fetch(request) {
    const message = JSON.parse(await request.text());
    const result = { resultType, content: [{ type: "text", text: `Hello, ${message.params.arguments.name}.` }], _meta };
    return new Response(JSON.stringify({ jsonrpc: "2.0", id: message.id, result }), { headers: { "content-type": "application/json" } });
  },
};
