// The agent `guarded` behind a mode of [auth], and requests to it by hand.

import assert from "node:assert/strict";
import { authProject } from "./authproject.mjs";
import { request } from "./http.mjs";
import { message, modernRequest } from "./mcp.mjs";
import { agent } from "./tools.mjs";
import { startWorker } from "./workerd.mjs";

// What the declaration of the agent says of everybody.
const ALIKE = {
  name: "guarded",
  mcp: "/mcp",
  sse: "/sse",
  required: ["notes:read"],
  scopes: [["notes:read", "Read your notes"], ["notes:write", "Change your notes"]],
  claims: ["groups"],
};

/** Its project with `declared`, a mode and its section. */
export const guardedProject = (declared) => authProject(agent("guarded"), { declared: { ...ALIKE, ...declared }, flags: [] });

/** It, started. `change` makes another project of it; the rest is of `startWorker`. */
export async function startGuarded(declared, { change = (project) => project, ...options } = {}) {
  return startWorker(change(await guardedProject(declared)), { name: `auth-${declared.mode}`, local: true, ...options });
}

/** The header of a bearer token. */
export const bearer = (token) => ({ authorization: `Bearer ${token}` });

/** A request of 2026-07-28 with these headers beside its own: the raw response. */
export function ask(port, method, params, headers = {}, path = "/mcp") {
  const { headers: own, message } = modernRequest(method, params);
  return request(port, { path, headers: { ...own, ...headers }, body: JSON.stringify(message) });
}

/** Calls a tool: the raw response. */
export const tool = (port, name, args = {}, headers = {}) => ask(port, "tools/call", { name, arguments: args }, headers);

/** Who the Worker takes the sender of these headers for. */
export async function whoIs(port, headers) {
  const response = await tool(port, "whoami", {}, headers);
  assert.equal(response.status, 200, `${response.text} ${response.headers["www-authenticate"]}`);
  return message(response).result.content[0].text;
}

/** The parameters of a challenge: `{ scheme, error, … }`. */
export function challenge(response) {
  const header = response.headers["www-authenticate"];
  assert.ok(header, `HTTP ${response.status} has a challenge: ${response.text}`);
  const scheme = header.split(" ", 1)[0];
  const parameters = [...header.slice(scheme.length).matchAll(/(?:^|,) *([a-z_]+)="([^"\\]*)"/g)].map(([, name, value]) => [name, value]);
  // Nothing is left over, and nothing is said twice: some clients read the first, some the last.
  assert.equal(parameters.map(([name, value]) => `${name}="${value}"`).join(", "), header.slice(scheme.length + 1), header);
  assert.equal(new Set(parameters.map(([name]) => name)).size, parameters.length, header);
  return { scheme, ...Object.fromEntries(parameters) };
}

/** Wants a refusal: the status, the error, words of its description; and that neither the response nor the log has the token or a part of it. */
export function refused(worker, response, { status = 401, error = "invalid_token", says, secret }) {
  assert.equal(response.status, status, response.text);
  const { scheme, error: code, error_description: description, ...rest } = challenge(response);
  assert.equal(scheme, "Bearer");
  assert.equal(code, error, description);
  if (says) assert.match(description, says);
  if (secret) kept(worker, secret, response);
  return rest;
}

/** Wants that a token is in no log and in no answer, and no part of it that would be enough to guess it. */
export function kept(worker, secret, response) {
  const parts = [secret, ...secret.split(".").slice(1)].filter((part) => part.length >= 16);
  for (const part of parts) {
    assert.ok(!worker.stderr().includes(part), "the log has no token");
    if (response) assert.ok(!response.text.includes(part) && !JSON.stringify(response.headers).includes(part), "the answer has no token");
  }
}
