// The rows of the bench: what is measured, on which servers, and what is to be reached. docs/bench.md says what each means.
//
// A row's `servers` are by role: `ours`, `floor`, and the peers `handler` (createMcpHandler) and `agent` (McpAgent). `over` says how they are asked; McpAgent
// does not know 2026-07-28 and is asked in a session instead; `asking` is createMcpHandler with tools that ask. `expect` is in the bytes of every answer, `right` judges one result that is read in full; `as` has
// what is different for a role. A goal compares rates: ours is at least so many times the other's. `both` rows are measured with one connection too.

const call = (name, args) => ({ method: "tools/call", params: { name, arguments: args } });
const GREET = call("greet", { name: "Ada Lovelace" });
const VALUE = call("value", {});
const ADD = call("add", { a: 1 });

const accepted = (key, content) => ({ answers: { [key]: { action: "accept", content } } });
const INSIST = { ...call("insist", {}), ...accepted("guest", { name: "Ada", room: "large" }) };
const ADD_ASKED = { ...call("add_asked", {}), ...accepted("amount", { amount: 1 }) };

const text = (wanted) => ({ content }) => content?.length === 1 && (wanted instanceof RegExp ? wanted.test(content[0].text) : content[0].text === wanted);
const listed = (count) => ({ tools }) => tools?.length === count;

const greet = { operation: GREET, expect: "Hello, Ada Lovelace.", right: text("Hello, Ada Lovelace.") };
const value = { operation: VALUE, expect: '"counter\\":', right: text(/^\{"counter":-?\d+\}$/), as: { floor: { expect: '"{}"', right: text("{}") } } };
const add = { operation: ADD, expect: '"now ', right: text(/^now -?\d+$/), as: { floor: { expect: "{\\\"a\\\":1}", right: text('{"a":1}') } } };
const list = (count) => ({ operation: { method: "tools/list", params: {} }, expect: count > 3 ? `"tool_${String(count - 1).padStart(4, "0")}"` : '"greet"', right: listed(count) });

/** What is measured as a rate. */
export const RATES = [
  { id: "call", what: "call, no state, 2026-07-28", over: "modern", ...greet, servers: { ours: "counter", floor: "bare", handler: "handler", agent: "agent" }, both: true, goals: { floor: 0.85, handler: 5 } },
  { id: "call-session", what: "call, no state, light session", over: "session", ...greet, servers: { ours: "counter", floor: "bare", handler: "handler", agent: "agent" }, both: true, goals: { floor: 0.75 } },
  { id: "read", what: "state read, 2026-07-28", over: "modern", ...value, servers: { ours: "counter", floor: "object", agent: "agent" }, both: true, goals: { floor: 0.85, agent: 5 } },
  { id: "read-session", what: "state read, light session", over: "session", ...value, servers: { ours: "counter", floor: "object", handler: "handler", agent: "agent" }, both: true, goals: { floor: 0.85, agent: 5 } },
  { id: "write", what: "state write, 2026-07-28", over: "modern", ...add, servers: { ours: "counter", floor: "object", agent: "agent" }, both: true, goals: { floor: 0.85, agent: 4 } },
  { id: "write-session", what: "state write, light session", over: "session", ...add, servers: { ours: "counter", floor: "object", handler: "handler", agent: "agent" }, both: true, goals: { floor: 0.85, agent: 4 } },
  {
    id: "kept", what: "interactive call, kept session", over: "session", operation: call("ready", {}), expect: '"ready"', right: text("ready"),
    as: { floor: { expect: '"{}"', right: text("{}") }, agent: greet }, servers: { ours: "interactive", floor: "object", agent: "agent" }, goals: {},
  },
  {
    id: "rounds", what: "a question and its answer, 2026-07-28 (2 requests)", over: "rounds", operation: INSIST, expect: '"Ada"', right: text("Ada"),
    servers: { ours: "interactive", floor: "rounds", handler: "asking" }, goals: {},
  },
  {
    id: "rounds-state", what: "the same, and a state write (2 requests)", over: "rounds", operation: ADD_ASKED, expect: '"text":"', right: text(/^-?\d+$/),
    servers: { ours: "interactive", floor: "rounds-object", handler: "asking" }, goals: {},
  },
  { id: "setup", what: "session set-up (3 requests)", over: "setup", objects: true, servers: { ours: "counter", floor: "setup", handler: "handler", agent: "agent" }, goals: { handler: 3 } },
  { id: "sse", what: "HTTP+SSE round trip", over: "sse", ...greet, servers: { ours: "counter", floor: "stream", agent: "agent" }, goals: { floor: 0.8, agent: 1.5 } },
  { id: "list", what: "tools/list, 3 tools", over: "modern", ...list(3), servers: { ours: "counter", floor: "bytes", handler: "handler", agent: "agent" }, goals: {} },
  { id: "list-1000", what: "tools/list, 1,000 tools", over: "modern", ...list(1000), connections: 4, servers: { ours: "tools-1000", floor: "bytes", handler: "handler-1000", agent: "agent-1000" }, goals: { floor: 0.8 } },
  {
    id: "call-1000", what: "call among 1,000 tools (floor: among 1)", over: "modern", rounds: 7,
    operation: call("tool_0999", { text: "Ada", times: 2 }), as: { floor: { operation: call("tool_0000", { text: "Ada", times: 2 }) } },
    expect: '"Ada Ada"', right: text("Ada Ada"),
    servers: { ours: "tools-1000", floor: "tools-1", handler: "handler-1000", agent: "agent-1000" }, goals: { floor: 0.9 },
  },
];

/** What is measured once a start: the less the better, in the unit. `limit` says what is allowed, given the floor's. */
export const COSTS = [
  { id: "streams", what: "an idle stream of 1,000", unit: "KB", measure: "idleStreams", servers: { ours: "counter", floor: "stream", agent: "agent" }, count: 1000, digits: 0, turns: 3, goal: "<= 1.2 x floor", limit: (floor) => floor * 1.2 },
  { id: "start", what: "first answer after a start", unit: "ms", measure: "firstAnswer", servers: { ours: "counter", floor: "bare", handler: "handler", agent: "agent" }, digits: 0, turns: 5, goal: "<= floor + 60", limit: (floor) => floor + 60 },
  {
    id: "fan-out", what: "100 listeners have heard of a write", unit: "ms", measure: "fanOut", operation: call("add", { amount: 1 }), expect: '"total', uri: "hotel://total",
    listeners: 100, changes: 60, answers: true, digits: 1, servers: { ours: "interactive", floor: "listen", handler: "asking" }, turns: 5,
  },
];

/** What the names in `servers` are called in the output. */
export const FLOORS = {
  bare: "bare JS Worker",
  object: "JS Worker -> object",
  stream: "JS Worker and object, WebSocket",
  setup: "bare JS Worker",
  bytes: "the same bytes",
  rounds: "bare JS Worker, AES-GCM",
  "rounds-object": "JS Worker -> object, AES-GCM",
  listen: "JS Worker and object, WebSockets",
  "tools-1": "the same call, 1 tool",
};

/** Whether a server is an agent of ours, and so has to be built. */
export const isOurs = (name) => ["counter", "interactive"].includes(name) || /^tools-\d+$/.test(name);
