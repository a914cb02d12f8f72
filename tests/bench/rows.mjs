// The rows of the bench: what is measured, on which servers, and what is to be reached. docs/bench.md says what each means.
//
// A row's `servers` are by role: `ours`, `floor`, and the peers `handler` (createMcpHandler), `agent` (McpAgent) and `base` (Agent, which
// McpAgent extends). `over` says how they are asked; McpAgent
// does not know 2026-07-28 and is asked in a session instead; `asking` is createMcpHandler with tools that ask. `expect` is in the bytes of every answer. One
// result, after `first` others, is read in full: `right` judges it, and `same` makes a text of it that is the same of all. `as` has what is different for a
// role. A goal compares rates: ours is at least so many times the other's. `both` rows are measured with one connection too.

const call = (name, args) => ({ method: "tools/call", params: { name, arguments: args } });
const GREET = call("greet", { name: "Ada Lovelace" });
const VALUE = call("value", {});
const ADD = call("add", { a: 1 });

const accepted = (key, content) => ({ answers: { [key]: { action: "accept", content } } });
const INSIST = { ...call("insist", {}), ...accepted("guest", { name: "Ada", room: "large" }) };
const ADD_ASKED = { ...call("add_asked", {}), ...accepted("amount", { amount: 1 }) };
const ENTER = call("enter", { account: "house", amount: 7, note: "coal for the winter" });

// What shares a state is at the same path in all: of ours, by the agent's name.
const SHARED = "/agents/tally/default";
const COUNT = { method: "add", args: [{ a: 1 }] };
const counted = ({ count, ...rest }) => Number.isSafeInteger(count) && Object.keys(rest).length === 0;
const sync = { over: "sync", path: SHARED, expect: '"count":', right: counted, servers: { ours: "tally", floor: "sync", base: "base" } };

const text = (wanted) => ({ content }) => content?.length === 1 && (wanted instanceof RegExp ? wanted.test(content[0].text) : content[0].text === wanted);
const listed = (count) => ({ tools }) => tools?.length === count;

const greet = { operation: GREET, expect: "Hello, Ada Lovelace.", right: text("Hello, Ada Lovelace.") };
const value = { operation: VALUE, expect: '"counter\\":', right: text(/^\{"counter":-?\d+\}$/), as: { floor: { expect: '"{}"', right: text("{}") } } };
const add = { operation: ADD, expect: '"now ', right: text(/^now -?\d+$/), as: { floor: { expect: "{\\\"a\\\":1}", right: text('{"a":1}') } } };

/** Ten entries, the newest first, and all of such calls. */
const entered = ({ structuredContent: { id, newest } }) =>
  newest.length === 10 && newest.every((entry, i) => entry.id === id - i && entry.note === ENTER.params.arguments.note);
/** The result without how many came before: its rows by how much older than the newest they are. */
const entries = (result) => JSON.stringify(result).replace(/(\\?"id\\?":)(\d+)/g, (_, key, id) => key + (id - result.structuredContent.id));

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
    id: "sql", what: "a row inserted, 10 selected, 2026-07-28", over: "modern", operation: ENTER, expect: '"amount":7,', right: entered, same: entries, first: 10,
    servers: { ours: "journal", floor: "sql" }, both: true, goals: { floor: 0.7 },
  },
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
  // Of a token that is known, which is what nearly all requests bring.
  ...["bearer", "resource", "oauth"].map((mode) => (
    { id: `auth-${mode}`, what: `call with a token, ${mode}, 2026-07-28`, over: "modern", ...greet, servers: { ours: mode, floor: "counter" }, goals: { floor: 0.8 } }
  )),
  // Of one that the store is asked about: again, or for the first time.
  ...[["cold", { floor: 0.7 }], ["first", {}]].map(([kind, goals]) => ({
    id: `auth-${kind}`, what: `call with a token, ${kind === "cold" ? "asked about again" : "never seen"}, oauth`, over: "modern", ...greet,
    as: { floor: { ...value, expect: '"{}"', right: text("{}") } }, servers: { ours: `oauth-${kind}`, floor: "object" }, goals,
  })),
  { id: "setup", what: "session set-up (3 requests)", over: "setup", objects: true, servers: { ours: "counter", floor: "setup", handler: "handler", agent: "agent" }, goals: { handler: 3 } },
  { id: "sse", what: "HTTP+SSE round trip", over: "sse", ...greet, servers: { ours: "counter", floor: "stream", agent: "agent" }, goals: { floor: 0.8, agent: 1.5 } },
  { id: "sync-read", what: "state read, over a WebSocket", ...sync, operation: { method: "value", args: [] }, goals: { floor: 0.7, base: 1 } },
  { id: "sync-write", what: "state write, over a WebSocket, told to all", ...sync, operation: COUNT, goals: { floor: 0.7, base: 1 } },
  { id: "list", what: "tools/list, 3 tools", over: "modern", ...list(3), servers: { ours: "counter", floor: "bytes", handler: "handler", agent: "agent" }, goals: {} },
  { id: "list-1000", what: "tools/list, 1,000 tools", over: "modern", ...list(1000), connections: 4, servers: { ours: "tools-1000", floor: "bytes", handler: "handler-1000", agent: "agent-1000" }, goals: { floor: 0.8 } },
  {
    id: "call-1000", what: "call among 1,000 tools (floor: among 1)", over: "modern", rounds: 7,
    operation: call("tool_0999", { text: "Ada", times: 2 }), as: { floor: { operation: call("tool_0000", { text: "Ada", times: 2 }) } },
    expect: '"Ada Ada"', right: text("Ada Ada"),
    servers: { ours: "tools-1000", floor: "tools-1", handler: "handler-1000", agent: "agent-1000" }, goals: { floor: 0.9 },
  },
];

// What all are allowed who stand beside the class of npm `agents`.
const AS_GOOD = { "<= floor / 0.7": ({ floor }) => floor / 0.7, "<= Agent": ({ base }) => base };

const sharing = {
  unit: "ms", measure: "broadcast", operation: COUNT, path: SHARED, listeners: 100, changes: 60, digits: 1, turns: 5,
  beside: { answered: ["the change itself was answered after", "ms"], pace: ["one change after the other,", "a second"], slowest: ["the slowest took", "ms"] },
};

/** What is no rate: the less the better, in the unit. `limits` say what is allowed, given the others'; `beside`, what else is told under the table. */
export const COSTS = [
  { id: "streams", what: "an idle stream of 1,000", unit: "KB", measure: "idleStreams", servers: { ours: "counter", floor: "stream", agent: "agent" }, count: 1000, digits: 0, turns: 3, limits: { "<= 1.2 x floor": ({ floor }) => floor * 1.2 } },
  { id: "start", what: "first answer after a start", unit: "ms", measure: "firstAnswer", servers: { ours: "counter", floor: "bare", handler: "handler", agent: "agent" }, digits: 0, turns: 5, limits: { "<= floor + 60": ({ floor }) => floor + 60 } },
  {
    id: "fan-out-100", what: "100 listeners have heard of a write", unit: "ms", measure: "fanOut", operation: call("add", { amount: 1 }), expect: '"total', uri: "hotel://total",
    listeners: 100, changes: 60, digits: 1, servers: { ours: "interactive", floor: "listen", handler: "asking" }, turns: 5, limits: { "<= floor / 0.7": ({ floor }) => floor / 0.7 },
    beside: { answered: ["the change itself was answered after", "ms"], pace: ["one change after the other,", "a second"], slowest: ["the slowest took", "ms"] },
  },
  { id: "sync-broadcast", what: "100 sockets have a state that one changed", ...sharing, over: "sync", servers: sync.servers, limits: AS_GOOD },
  { id: "sync-broadcast-mcp", what: "the same of a change by MCP", ...sharing, over: "mcp", servers: { ours: "tally", floor: "sync" }, limits: { "<= floor / 0.7": AS_GOOD["<= floor / 0.7"] } },
  { id: "sync-memory", what: "an idle socket of 1,000 that share a state", unit: "KB", measure: "idleSynced", path: SHARED, servers: sync.servers, count: 1000, digits: 0, turns: 3, limits: AS_GOOD },
  {
    id: "wake", what: "first call of an evicted object", over: "modern", unit: "ms", measure: "wake", ...value, write: ADD, reads: call("reads", {}), digits: 1,
    servers: { ours: "counter", floor: "wake" }, each: 4, turns: 5, limits: { "<= 1.5 x floor": ({ floor }) => floor * 1.5 },
    beside: { cpu: ["the processor time in the server is", "ms"], next: ["the same call right after takes", "ms"] },
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
  sql: "JS Worker -> object, the same SQL",
  wake: "JS Worker -> object, a row of SQLite",
  sync: "JS Worker and object, WebSockets",
  "tools-1": "the same call, 1 tool",
  counter: "the same without auth",
};

/** The servers with `[auth]`: the reference agent with it, behind the main of a mode, and what that remembers of a token that was good: for ten seconds that it is, then what the store had of it. */
export const LOCKED = {
  bearer: { mode: "bearer" },
  resource: { mode: "resource" },
  oauth: { mode: "oauth" },
  "oauth-cold": { mode: "oauth", remembers: "row" },
  "oauth-first": { mode: "oauth", remembers: "nothing" },
};

/** The agent of ours that a server is, which has to be built; null for others. */
export function agentOf(name) {
  if (name in LOCKED) return "counter-auth";
  return ["counter", "interactive", "journal", "tally"].includes(name) || /^tools-\d+$/.test(name) ? name : null;
}
