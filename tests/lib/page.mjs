// What a page does with npm `agents`: a ticket, `AgentClient`, and `useAgent` in React, drawn on a terminal that is none.

import { Writable } from "node:stream";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { request } from "./http.mjs";
import { tools } from "./tools.mjs";
import { eventually, within } from "./wait.mjs";

const LIMIT = 10_000;
const of = (path) => import(pathToFileURL(join(tools.nodeModules, path)).href);

const { AgentClient } = await of("agents/dist/client.js");
const { useAgent } = await of("agents/dist/react.js");
const React = (await of("react/index.js")).default;
// It comes with the Inspector, and draws what React makes without a browser.
const { render, Text } = await of("ink/build/index.js");

/** Asks for a ticket: the raw response. */
export const askTicket = (port, path, headers = {}) => request(port, { path: `${path}/ticket`, headers });

/** A ticket. */
export async function ticket(port, path, token) {
  const response = await askTicket(port, path, { authorization: `Bearer ${token}` });
  if (response.status !== 200) throw new Error(`HTTP ${response.status}: ${response.text}`);
  return response.json.ticket;
}

/** The function that `query` is, of a page whose user has this token. */
export const withTicket = (port, path, token) => async () => ({ ticket: await ticket(port, path, token) });

const open = new Set();

/** Closes whatever is open. */
export const closePages = () => [...open].forEach((one) => one.close());

/** An `AgentClient`, and what it heard: `states` of the server, `errors`. */
export class Page {
  static open(port, agent, { name, ...options } = {}) {
    const page = new Page();
    Object.assign(page, { states: [], errors: [], closes: [] });
    page.client = new AgentClient({
      agent,
      name,
      host: `127.0.0.1:${port}`,
      minReconnectionDelay: 50,
      maxReconnectionDelay: 200,
      onStateUpdate: (state, from) => from === "server" && page.states.push(state),
      onStateUpdateError: (error) => page.errors.push(error),
      ...options,
    });
    open.add(page);
    page.client.addEventListener("close", ({ code, reason }) => page.closes.push({ code, reason }));
    return page;
  }

  /** It is connected and has the state. */
  ready() {
    return within(LIMIT, "the client is ready", this.client.ready);
  }

  get state() {
    return this.client.state;
  }

  /** What it shows is this. */
  shows(what) {
    const shown = () => Object.entries(what).every(([name, value]) => this.state?.[name] === value);
    return eventually(LIMIT, `the page shows ${JSON.stringify(what)}, not ${JSON.stringify(this.state)}`, shown);
  }

  /** Writes these fields of what it shows. */
  write(fields) {
    this.client.setState({ ...this.state, ...fields });
  }

  call(method, ...args) {
    return within(LIMIT, `${method} is answered`, this.client.call(method, args));
  }

  close() {
    open.delete(this);
    this.client.close();
  }
}

/** A component with `useAgent`, drawn. `agent` is what the hook gives, `frames` what was drawn. */
export function draw(options) {
  const drawn = { frames: [], states: [], errors: [] };
  const App = () => {
    drawn.agent = useAgent({
      onStateUpdate: (state, from) => from === "server" && drawn.states.push(state),
      onStateUpdateError: (error) => drawn.errors.push(error),
      ...options,
    });
    return React.createElement(Text, null, JSON.stringify(drawn.agent.state ?? null));
  };
  const waits = React.createElement(Text, null, "waits");
  const stdout = new Writable({
    write(chunk, _, done) {
      drawn.frames.push(chunk.toString());
      done();
    },
  });
  Object.assign(stdout, { columns: 1000, rows: 50 });
  const app = render(React.createElement(React.Suspense, { fallback: waits }, React.createElement(App)), { stdout, debug: true, exitOnCtrlC: false, patchConsole: false });
  drawn.shows = (what) => eventually(LIMIT, `it draws ${what}: ${drawn.frames.at(-1)}`, () => drawn.frames.at(-1)?.includes(what));
  open.add(drawn);
  drawn.close = () => {
    open.delete(drawn);
    app.unmount();
  };
  return drawn;
}
