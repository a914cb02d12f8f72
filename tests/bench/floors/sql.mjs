// The floor of a call with SQL: the Worker parses and answers, the object is reached by one RPC with a string each way and runs the statements of ours
// (`agents/journal`) on the tables of ours, in one transaction.

import { DurableObject, env } from "cloudflare:workers";

// What a result has beside its content is that of ours.
const { resultType, _meta } = JSON.parse(env.FRAME ?? "{}");

const INSERT = "INSERT INTO entry (account, amount, note) VALUES (?, ?, ?) RETURNING id";
const NEWEST = "SELECT id, account, amount, note FROM entry WHERE account = ? ORDER BY id DESC LIMIT 10";

export class Agent extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    const { sql } = ctx.storage;
    if (sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'entry'").toArray().length === 0) sql.exec(env.SCHEMA);
  }

  enter(text) {
    const { account, amount, note } = JSON.parse(text);
    const { storage } = this.ctx;
    return storage.transactionSync(() => {
      const { id } = storage.sql.exec(INSERT, account, amount, note).one();
      return JSON.stringify({ id, newest: storage.sql.exec(NEWEST, account).toArray() });
    });
  }
}

let id;

export default {
  async fetch(request, env) {
    const message = JSON.parse(await request.text());
    const text = await env.AGENT.get((id ??= env.AGENT.idFromName("state:server"))).enter(JSON.stringify(message.params.arguments));
    // What the object answers is JSON, twice: as the text that it is, and as it is.
    const head = `{"jsonrpc":"2.0","id":${JSON.stringify(message.id)},"result":{"resultType":${JSON.stringify(resultType)},"content":[{"type":"text","text":${JSON.stringify(text)}}]`;
    return new Response(`${head},"structuredContent":${text},"_meta":${JSON.stringify(_meta)}}}`, { headers: { "content-type": "application/json" } });
  },
};
