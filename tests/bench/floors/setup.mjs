// The floor of a session's set-up: a Worker that answers the three requests from memory and keeps nothing.

export default {
  async fetch(request, env) {
    const { id, method, params } = JSON.parse(await request.text());
    if (id === undefined) return new Response(null, { status: 202 });
    const headers = { "content-type": "application/json" };
    if (method !== "initialize") return new Response(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${env.RESULT}}`, { headers });
    headers["mcp-session-id"] = crypto.randomUUID();
    const result = { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "floor", version: "1.0.0" } };
    return new Response(JSON.stringify({ jsonrpc: "2.0", id, result }), { headers });
  },
};
