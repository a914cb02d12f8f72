// Listens on what an SDK's transport says and hears, below the SDK: the texts as they went over the wire, each of them validated.

import { validateMessage } from "./schema.mjs";

/** Its `fetch` goes into a transport's options. `received` and `sent` fill up; `check()` throws what was illegal. */
export class Wire {
  received = [];
  sent = [];
  faults = [];
  version;
  streams = 0; // how many the client opened to listen
  #methods = new Map();

  /** `version` where no `initialize` says it. */
  constructor(version) {
    this.version = version;
  }

  fetch = async (url, init) => {
    if (typeof init?.body === "string") this.#say(JSON.parse(init.body));
    const response = await fetch(url, init);
    const type = response.headers.get("content-type") ?? "";
    if (!response.ok || !response.body || !/^(application\/json|text\/event-stream)/.test(type)) return response;
    if (init?.method !== "POST" && type.startsWith("text/event-stream")) this.streams += 1;
    const heard = response.body.pipeThrough(this.#passing(type.startsWith("application/json")));
    return new Response(heard, { status: response.status, headers: response.headers });
  };

  /** What passes is heard before the client gets it, so that whoever waits for the client's answer finds here all that came before. */
  #passing(whole) {
    const decoder = new TextDecoder();
    let text = "";
    const transform = (part, controller) => {
      text += decoder.decode(part, { stream: true });
      if (!whole) text = this.#events(text);
      controller.enqueue(part);
    };
    const flush = () => whole && this.#hear(text);
    return new TransformStream({ transform, flush });
  }

  #say(message) {
    for (const one of [message].flat()) {
      this.sent.push(one);
      if (one.method !== undefined && one.id !== undefined) this.#methods.set(one.id, one.method);
    }
  }

  /** Hears the events that are whole, and answers what is left. */
  #events(text) {
    const blocks = text.split(/\r\n\r\n|\n\n/);
    const left = blocks.pop();
    for (const block of blocks) {
      const lines = block.split(/\r\n|\n/);
      const data = lines.filter((line) => line.startsWith("data:")).map((line) => line.slice(5).trimStart()).join("\n");
      if (data !== "" && !lines.includes("event: endpoint")) this.#hear(data);
    }
    return left;
  }

  /** One message, or a batch of them. */
  #hear(text) {
    for (const message of [JSON.parse(text)].flat()) {
      if (this.#methods.get(message.id) === "initialize") this.version = message.result?.protocolVersion;
      this.received.push(message);
      try {
        validateMessage(this.version, message, (id) => this.#methods.get(id));
      } catch (error) {
        this.faults.push(error);
      }
    }
  }

  /** The messages with this method that were received. */
  heard(method) {
    return this.received.filter((message) => message.method === method);
  }

  check() {
    if (this.faults.length) throw new AggregateError(this.faults, this.faults.map((e) => e.message).join("\n"));
  }
}
