// The floor of a call that wakes its object: the state is a row of SQLite, which the object loads in its first call and keeps in memory.

import { DurableObject, env } from "cloudflare:workers";

// What a result has beside its content is that of ours.
const { resultType, _meta } = JSON.parse(env.FRAME ?? "{}");

export class Agent extends DurableObject {
  #state;
  #reads = 0;

  #load() {
    const [row] = this.ctx.storage.sql.exec("SELECT value FROM state").toArray();
    return row ? JSON.parse(row.value) : { counter: 1 };
  }

  value() {
    this.#reads++;
    this.#state ??= this.#load();
    return JSON.stringify(this.#state);
  }

  add(text) {
    const { sql } = this.ctx.storage;
    sql.exec("CREATE TABLE IF NOT EXISTS state (id INTEGER PRIMARY KEY, value TEXT NOT NULL)");
    this.#state = { counter: this.#load().counter + JSON.parse(text).a };
    sql.exec("INSERT OR REPLACE INTO state VALUES (1, ?)", JSON.stringify(this.#state));
    return `now ${this.#state.counter}`;
  }

  // How often this instance was read: whether it is a new one.
  reads() {
    return String(this.#reads);
  }
}

let id;

export default {
  async fetch(request, env) {
    const message = JSON.parse(await request.text());
    const object = env.AGENT.get((id ??= env.AGENT.idFromName("state:server")));
    const { name, arguments: args } = message.params;
    const text = await object[name](JSON.stringify(args ?? {}));
    const structuredContent = name === "value" ? JSON.parse(text) : undefined;
    const result = { resultType, content: [{ type: "text", text }], structuredContent, _meta };
    return new Response(JSON.stringify({ jsonrpc: "2.0", id: message.id, result }), { headers: { "content-type": "application/json" } });
  },
};
