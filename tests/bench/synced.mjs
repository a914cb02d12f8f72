// A client of a shared state: the protocol of npm `agents`, as far as the bench speaks it.

import { Socket } from "./socket.mjs";

const STATE = '"cf_agent_state"';
const ANSWER = '"rpc"';
// Whose state it is, and what the class of npm `agents` says of itself beside, both once.
const GREETINGS = ['"cf_agent_identity"', '"cf_agent_mcp_servers"'];

/**
 * One who shares a state. `ready` is called when the first state has come, `changed` gets the frame of each one after it, `answered` the frame that answers
 * its call (one at a time). A refusal and everything else fail.
 */
export class Synced {
  #calls = 0;
  #ready = false;

  constructor(port, path, { ready, changed, answered, failed }) {
    Object.assign(this, { ready, changed, answered, failed });
    this.socket = new Socket(port, path, (text) => this.#heard(text), failed);
  }

  call({ method, args }) {
    this.socket.send(JSON.stringify({ type: "rpc", id: String(++this.#calls), method, args }));
  }

  #heard(text) {
    if (text.includes(STATE)) return this.#state(text);
    if (text.includes(ANSWER) && text.includes(`"id":"${this.#calls}"`) && text.includes('"success":true') && text.includes('"done":true')) return this.answered(text);
    if (!GREETINGS.some((type) => text.includes(type))) this.failed(new Error(`not an expected frame: ${text.slice(0, 1000)}`));
  }

  #state(text) {
    if (this.#ready) return this.changed(text);
    this.#ready = true;
    this.ready(text);
  }

  close() {
    this.socket.close();
  }
}

/** The result of one call, read in full, on a connection of its own. */
export async function calledOnce(port, path, operation) {
  let synced;
  const text = await new Promise((answered, failed) => {
    synced = new Synced(port, path, { ready: () => synced.call(operation), changed: () => {}, answered, failed });
  });
  synced.close();
  return JSON.parse(text).result;
}
