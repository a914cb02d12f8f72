// The floor of a call without state: the least that a Worker in plain JavaScript must do to answer `tools/call` over HTTP.

export default {
  async fetch(request) {
    const message = JSON.parse(await request.text());
    const result = { content: [{ type: "text", text: `Hello, ${message.params.arguments.name}.` }] };
    return new Response(JSON.stringify({ jsonrpc: "2.0", id: message.id, result }), { headers: { "content-type": "application/json" } });
  },
};
