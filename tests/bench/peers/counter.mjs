// The object that the peers without sessions keep their counter in.

import { DurableObject } from "cloudflare:workers";

export class Counter extends DurableObject {
  value() {
    return this.ctx.storage.kv.get("counter") ?? 1;
  }

  add(a) {
    const counter = this.value() + a;
    this.ctx.storage.kv.put("counter", counter);
    return counter;
  }
}
