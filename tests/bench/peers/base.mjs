// The peer Agent (npm `agents`), the class that McpAgent extends: a state that its clients share, and methods that they call, as `agents/tally` has them.

import { Agent, callable, routeAgentRequest } from "agents";

export class Tally extends Agent {
  initialState = { count: 0, note: "" };

  @callable()
  value() {
    return { count: this.state.count };
  }

  @callable()
  add({ a }) {
    this.setState({ ...this.state, count: this.state.count + a });
    return { count: this.state.count };
  }
}

export default { fetch: (request, env) => routeAgentRequest(request, env) };
