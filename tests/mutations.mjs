// Proves that the end-to-end tests can fail: breaks one thing at a time in a copy of a built agent, and wants the named test file to notice.
//
//   MCP_E2E_TOOLS=tools.json node tests/mutations.mjs [name…]
//
// What is broken is JavaScript (the entry of the built project, or a file of `auth/`), so nothing is compiled. Exit code 1 when a mutation survives, or no longer applies.

import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { environment, tools } from "./lib/tools.mjs";

/**
 * `find` is text of entry.mjs, or of the file of `auth/` that `auth` names; `file` is the test that must fail; `agents` are the projects that are
 * broken.
 */
const MUTATIONS = [
  { name: "no limit on chunked bodies", find: "while (size <= maxBody) {", put: "while (true) {", agents: ["counter"], file: "http" },
  { name: "no limit on declared bodies", find: "Number(declared) <= maxBody", put: "true", agents: ["counter"], file: "http" },
  { name: "the origin is not passed on", find: "url.slice(url.indexOf(\"/\", 8)), origin, host", put: "url.slice(url.indexOf(\"/\", 8)), null, host", agents: ["counter"], file: "http" },
  { name: "answers are shared with nobody", find: "response.headers.append(name, value)", put: "undefined", agents: ["counter"], file: "http" },
  { name: "answers are shared with everybody", find: "response.headers.append(name, value);", put: 'response.headers.append(name, value); response.headers.set("access-control-allow-origin", "*");', agents: ["counter"], file: "http" },
  { name: "a preflight does not say what it asks for", find: 'else if (origin !== null) more = headers', put: 'else if (false) more = headers', agents: ["counter"], file: "http" },
  { name: "the session is not passed on", find: 'session: alone ? null : headers.get("mcp-session-id")', put: "session: null", agents: ["counter"], file: "http" },
  { name: "every caller has an object of its own", find: "return env.AGENT.get((everybodys ??= env.AGENT.idFromName(name)));", put: "return env.AGENT.getByName(name + Math.random());", agents: ["counter", "kitchen"], file: "state" },
  { name: "a new instance is taken to know the heads of the last one", find: "  last = null;\n  heads.clear();\n  instance", put: "  instance", agents: ["panics"], file: "panics" },
  { name: "the head that came last outlives the instance", find: "  last = null;\n  heads.clear();", put: "  heads.clear();", agents: ["panics"], file: "panics" },
  { name: "a head is like the last one whatever its name", find: "one.name === other.name &&", put: "", agents: ["counter"], file: "heads" },
  { name: "a head is like the last one whatever its url", find: "one.url === other.url &&", put: "", agents: ["counter"], file: "heads" },
  { name: "a head is like the last one whatever its called", find: "one.called === other.called &&", put: "", agents: ["counter"], file: "heads" },
  { name: "a head is like the last one whatever its type", find: "one.type === other.type &&", put: "", agents: ["counter"], file: "heads" },
  { name: "a head is like the last one whatever its accept", find: "one.accept === other.accept &&", put: "", agents: ["counter"], file: "heads" },
  { name: "a head is like the last one whatever its session", find: "one.session === other.session &&", put: "", agents: ["counter"], file: "heads" },
  { name: "a head is like the last one whoever sends it", find: "one.who === other.who &&", put: "", agents: ["guarded"], file: "auth-bearer" },
  { name: "a head is like the last one whatever it repeats of arguments", find: "one.mirrored === other.mirrored &&", put: "", agents: ["shop"], file: "heads" },
  { name: "all heads have one place", find: "const place = heads.size;", put: "const place = 0;", agents: ["counter"], file: "heads" },
  { name: "more heads than there are places", find: "if (heads.size === MOST_HEADS) heads.clear();", put: "", agents: ["counter"], file: "heads" },
  { name: "a refused client is not let finish", find: "await drain(reader);", put: "", agents: ["counter"], file: "http" },
  { name: "slow readers are not cut off", find: "client.desiredSize < -MAX_UNREAD", put: "false", agents: ["kitchen"], file: "sse" },
  { name: "an exception that is no trap leaves the instance running", find: "rust.mcp_abort();", put: "", agents: ["panics"], file: "panics" },
  { name: "no heartbeat", find: 'send(": keepalive\\n\\n")', put: "undefined", agents: ["kitchen"], file: "sse" },
  { name: "one object for all streams", find: "object(signal.slice(1), env).post(body)", put: 'object("session:all", env).post(body)', agents: ["kitchen"], file: "sse" },
  { name: "an unknown stream is accepted in silence", find: "if (socket === undefined) return", put: 'if (socket === undefined) return "R202\\n\\n"; if (false) return', agents: ["kitchen"], file: "sse" },
  { name: "a lost instance rejects nobody", find: 'for (const reject of [...waiting]) reject(new Error("the wasm instance was lost"));', put: "", agents: ["panics"], file: "panics" },
  { name: "the answers to a batch are no array", find: '`[${texts.join(",")}]`', put: 'texts.join(",")', agents: ["counter"], file: "rpc" },
  { name: "one broken message takes its batch with it", find: "return json(200, failure(body));", put: "throw error;", agents: ["panics"], file: "panics" },
  { name: "a panic shows its inside", find: 'rpcError(id, -32603, "internal error")', put: 'rpcError(id, -32603, "RuntimeError: unreachable")', agents: ["panics"], file: "panics" },
  { name: "nobody is told that a client left its stream", find: 'leave(1000, "the client left");', put: "", agents: ["interactive"], file: "rounds" },
  { name: "what a cancelled handler sends off is lost", find: "waitUntil(new Promise((resolve) => setTimeout(resolve, LEAVE_MS)));", put: "", agents: ["interactive"], file: "rounds" },
  { name: "a stream of the front ends without a word when its instance is lost", find: "      send(event(failure(body)));\n      close();", put: "      close();", agents: ["interactive"], file: "rounds" },
  { name: "a subscription ends without a word", find: "send(last);", put: "", agents: ["interactive"], file: "listen" },
  { name: "an object is not told that a client left", find: 'this.#cross((core) => core.left(Number(tag.slice("stream:".length))));', put: "undefined;", agents: ["interactive"], file: "listen" },
  { name: "a message that is lost with its instance is lost without a word", find: 'if (socket.readyState === WebSocket.OPEN) socket.close(1011, "internal error");', put: "", agents: ["live"], file: "websocket" },
  { name: "a close is not answered", find: "else socket.close(code, reason);", put: "", agents: ["live"], file: "websocket" },
  { name: "an object is not told that a connection has ended", find: "if (id !== undefined) return this.#closed(socket, id, code, reason);", put: "if (id !== undefined) return;", agents: ["live"], file: "websocket" },
  { name: "a handler does not see all headers", find: "head += `\\n${name}:${value}`;", put: 'if (name !== "origin") head += `\\n${name}:${value}`;', agents: ["live"], file: "websocket" },
  { name: "cookies become one", find: "status: Number(status), headers: headerLines(lines) });\n}\n\nfunction text", put: "status: Number(status), headers: Object.fromEntries(headerLines(lines)) });\n}\n\nfunction text", agents: ["live"], file: "websocket" },
  { name: "requests for one grant do not wait for each other", auth: "redeem.mjs", find: "lines.wait(credential.grant, () => redeemed(shard, reach, request, credential, id))", put: "redeemed(shard, reach, request, credential, id)", file: "auth-races" },
  { name: "what was changed meanwhile is written over", auth: "shard.mjs", find: 'if ((old?.version ?? 0) !== seen) return "changed";', put: "seen = old?.version ?? 0;", file: "auth-races" },
  { name: "a token is written without its grant", auth: "shard.mjs", find: 'if (kind === "token" && this.#live(grantOf(key)) === undefined) return "orphan";', put: "", file: "auth-races" },
  { name: "a page can be approved while it is approved", auth: "shard.mjs", find: 'if (seen !== null && (this.#live(key)?.version ?? 0) !== seen) return "changed";', put: "", file: "auth-races" },
  { name: "a grant leaves its tokens behind", auth: "shard.mjs", find: 'if (kindOf(key) === "grant") this.#cascade(key);', put: "", file: "auth-races" },
  { name: "each refresh has an answer of its own", auth: "redeem.mjs", find: "if (before !== undefined) throw new Answer(200, before, JSON_HEADERS);", put: "", file: "auth-races" },
  { name: "the last refresh token but one is good for ever", auth: "redeem.mjs", find: "if (late) throw reused();", put: "", file: "auth-races" },
  { name: "a refresh token that was used up is only refused", auth: "redeem.mjs", find: "  shard.delete(grant, null);\n  return [reply[0]", put: "  return [reply[0]", file: "auth-races" },
  { name: "an answer is given to another client", auth: "redeem.mjs", find: "retired === undefined || !isOf(shard, grant, form, request[1])", put: "retired === undefined", file: "auth-races" },
  { name: "the nonce is not looked at", auth: "oidc.mjs", find: "if (claims.nonce !== nonce)", put: "if (false)", file: "auth-upstream" },
  { name: "an answer of another issuer is taken", auth: "oidc.mjs", find: "from !== provider.issuer", put: "false", file: "auth-upstream" },
  { name: "user info is taken about anybody", auth: "oidc.mjs", find: "|| reply?.sub !== claims.sub", put: "", file: "auth-upstream" },
  { name: "any signature that the provider names will do", auth: "oidc.mjs", find: "ALGORITHMS.filter((name) => supported.includes(name))", put: "supported", file: "auth-upstream" },
  { name: "an email need not be verified", auth: "github.mjs", find: "primary === true && verified === true", put: "primary === true", file: "auth-upstream" },
  { name: "guesses are not counted", auth: "password.mjs", find: "wrong += 1;", put: "", file: "auth-password" },
  { name: "the right password need not wait", auth: "password.mjs", find: "wrong >= FREE && now < until", put: "false", file: "auth-password" },
  { name: "a wrong password burns the handle", auth: "authorize.mjs", find: "if (!right) return this.#wrong(handle, scope, wait);", put: "if (!right) { await this.oauth.denyConsent(this.request, handle); return this.#wrong(handle, scope, wait); }", file: "auth-password" },
  { name: "names are not escaped", auth: "page.mjs", find: "value instanceof Markup ? value.html : escaped(value)", put: "value instanceof Markup ? value.html : String(value)", file: "auth-page" },
  { name: "what cannot be seen stays in a name", auth: "page.mjs", find: '.replaceAll(UNSEEN, "")', put: "", file: "auth-page" },
  { name: "forms of other sites are read", auth: "authorize.mjs", find: 'if (site !== null) return site === "same-origin";', put: "", file: "auth-page" },
  { name: "consent is remembered for programs of this computer", auth: "authorize.mjs", find: " && !isLoopback(redirectUri)", put: "", file: "auth-upstream" },
  { name: "what is always needed can be left out", auth: "consent.mjs", find: "ticked.includes(scope) || declared.required.includes(scope)", put: "ticked.includes(scope)", file: "auth-password" },
  { name: "cookies without the prefix count over https", auth: "cookies.mjs", find: 'return publicUrl.startsWith("http:") && isLoopback(publicUrl);', put: "return true;", file: "auth-password" },
  { name: "a form is answered with a redirect", auth: "authorize.mjs", find: 'this.request.method === "POST" && this.request.headers', put: "false && this.request.headers", file: "auth-consent" },
  { name: "quiet words are too faint", auth: "page.mjs", find: "--quiet: #59616f", put: "--quiet: #8a92a0", file: "auth-consent" },
  { name: "the page may be framed", auth: "page.mjs", find: `; frame-ancestors 'none'\``, put: "`", file: "auth-page" },
  { name: "a header may be as long as it likes", auth: "guard.mjs", find: "if (value.length > MAX_HEADER)", put: "if (false)", file: "auth-bearer" },
  { name: "a token that is known at one endpoint is known at the other", auth: "guard.mjs", find: " && known.endpoint === endpointOf(pathOf(request.url))", put: "", file: "auth-attacks" },
  { name: "a token that is known stays known", auth: "guard.mjs", find: "Math.min(until, now + RECENT_MS)", put: "until", file: "auth-oauth" },
  { name: "any bearer token will do", auth: "bearer.mjs", find: "if (crypto.subtle.timingSafeEqual(given, one)) found", put: "found", file: "auth-bearer" },
  { name: "a token may be for anybody", auth: "jwt.mjs", find: "{ issuer, audience, algorithms: named,", put: "{ issuer, algorithms: named,", file: "auth-resource" },
  { name: "a token may be of any kind", auth: "jwt.mjs", find: 'throw new Refused("the token is of another type")', put: "void 0", file: "auth-resource" },
  { name: "a token may be for ever", auth: "jwt.mjs", find: 'requiredClaims: ["exp"]', put: "requiredClaims: []", file: "auth-resource" },
  { name: "keys are asked for whenever one is not known", auth: "keys.mjs", find: "if (now - this.#tried < (this.#keys === null ? RETRY_MS : COOLDOWN_MS)) return;", put: "", file: "auth-keys" },
  { name: "keys are good for ever while the issuer is down", auth: "keys.mjs", find: "|| Date.now() - this.#fetched > STALE_MS", put: "", file: "auth-keys" },
  { name: "an issuer may say that it is another one", auth: "remote.mjs", find: "if (metadata?.issuer === issuer)", put: "if (metadata)", file: "auth-keys" },
  { name: "all claims go on", auth: "principal.mjs", find: "[...ALWAYS, ...declared.claims]", put: "Object.keys(claims)", file: "auth-resource" },
  { name: "a token of any application of the team will do", auth: "access.mjs", find: "audience: [declared.access.audience].flat().map((one) => settings.value(one)),", put: "", file: "auth-access" },
  { name: "a page of another site asks in its visitor's name", auth: "access.mjs", find: 'site === "same-origin" || site === "none"', put: "true", file: "auth-access" },
  { name: "a challenge does not say where tokens are given", auth: "front.mjs", find: '`${challenge}, ${this.pointer(endpoint)}`', put: "challenge", file: "auth-resource" },
  { name: "PKCE may be left out", auth: "server.mjs", find: "if (!request.codeChallenge)", put: "if (false)", file: "auth-attacks" },
  { name: "a scope that nobody declared may be asked for", auth: "server.mjs", find: "request.scope.filter((scope) => catalogue.has(scope))", put: "request.scope", file: "auth-attacks" },
  { name: "a token is good at any endpoint", auth: "oauth.mjs", find: 'if (audience !== issuer && audience !== `${issuer}${at ?? declared.mcp}`)', put: "if (false)", file: "auth-attacks" },
  { name: "a sign-in is good whoever the provider is", auth: "oauth.mjs", find: "if (grant.props.iss !== provider)", put: "if (false)", file: "auth-oauth" },
  { name: "a form to the token endpoint is read in two ways", auth: "endpoints.mjs", find: "served(request, env, url, form.toString())", put: "served(request, env, url, body)", file: "auth-races" },
  { name: "clients may register without end", auth: "shard.mjs", find: "return this.#counts[kind] <= A_MINUTE[kind];", put: "return true;", file: "auth-attacks" },
  { name: "the host may be any", auth: "oauth.mjs", find: "if (url.host !== known.host)", put: "if (false)", file: "auth-attacks" },
  { name: "an upstream token is refreshed by all who want it", auth: "vault.mjs", find: 'await lines.wait(`upstream ${place}`, () => fresh(shard, env, place))', put: "await fresh(shard, env, place)", file: "auth-vault" },
  { name: "an upstream token stays behind its grant", auth: "shard.mjs", find: 'const OF_A_GRANT = ["token", "retired", "reply", "vault"];', put: 'const OF_A_GRANT = ["token", "retired", "reply"];', file: "auth-vault" },
  { name: "what a token was found to be it stays", auth: "oauth.mjs", find: "before.row === (await store.get(before.key))", put: "true", file: "auth-oauth" },
  { name: "a row that was read is true whatever was written since", auth: "shard.mjs", find: 'if (!query.startsWith("SELECT")) this.#known.clear();', put: "", file: "auth-attacks" },
];

const wanted = process.argv.slice(2);
const folder = join(tools.out, "mutations");

function run(file, toolsFile) {
  const test = new URL(`e2e/${file}.test.mjs`, import.meta.url).pathname;
  const child = spawn(tools.node, ["--test", "--test-reporter=dot", "--test-timeout=120000", test], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...environment, MCP_E2E_TOOLS: toolsFile },
  });
  let log = "";
  for (const pipe of [child.stdout, child.stderr]) pipe.setEncoding("utf8").on("data", (part) => (log += part));
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, log })));
}

let survived = 0;
for (const mutation of MUTATIONS) {
  if (wanted.length && !wanted.some((part) => mutation.name.includes(part))) continue;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const agents = { ...tools.agents };
  let applied = true;
  const auth = mutation.auth && join(folder, "auth");
  if (auth) {
    cpSync(join(tools.repo, "templates", "project", "auth"), auth, { recursive: true });
    const whole = readFileSync(join(auth, mutation.auth), "utf8");
    const broken = whole.replaceAll(mutation.find, mutation.put);
    if (broken === whole) applied = false;
    writeFileSync(join(auth, mutation.auth), broken);
  }
  for (const name of mutation.agents ?? []) {
    const copy = join(folder, name);
    mkdirSync(copy, { recursive: true });
    for (const part of ["build", "wrangler.jsonc", "entry.mjs"]) cpSync(join(tools.agents[name], part), join(copy, part), { recursive: true });
    const entry = readFileSync(join(copy, "entry.mjs"), "utf8");
    const broken = entry.replaceAll(mutation.find, mutation.put);
    if (broken === entry) applied = false;
    writeFileSync(join(copy, "entry.mjs"), broken);
    agents[name] = copy;
  }
  if (!applied) {
    survived++;
    console.log(`stale     ${mutation.name}: ${mutation.auth ?? "entry.mjs"} no longer says \`${mutation.find}\``);
    continue;
  }
  const toolsFile = join(folder, "tools.json");
  writeFileSync(toolsFile, JSON.stringify({ ...tools, agents, auth }));
  const { code } = await run(mutation.file, toolsFile);
  if (code === 0) survived++;
  console.log(`${code === 0 ? "SURVIVED " : "noticed  "} ${mutation.name} (${mutation.file})`);
}
process.exit(survived ? 1 : 0);
