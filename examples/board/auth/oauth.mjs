// Derived by `mcp-gen sync`. The Worker's main: it gives out tokens itself: change the declaration instead.
//
// What is OAuth is answered here, with @cloudflare/workers-oauth-provider; who has a token is told to Rust, which decides. The library's own
// OAuthResourceServer is not used: it would answer before Rust has looked at Host and Origin.
import { env } from "cloudflare:workers";
import { Agent as Base } from "../entry.mjs";
import { authorize } from "./authorize.mjs";
import declared from "./declared.json";
import { endpoint } from "./endpoints.mjs";
import { Refused, Unavailable } from "./failures.mjs";
import { pathOf, plainly, Resources } from "./front.mjs";
import { guard } from "./guard.mjs";
import { bearerToken } from "./header.mjs";
import { Lines } from "./lines.mjs";
import { guess, OWNER } from "./password.mjs";
import { principal } from "./principal.mjs";
import { providerOf } from "./providers.mjs";
import { redeem } from "./redeem.mjs";
import { api, issuer, PATHS, refusal, server, storeOf } from "./server.mjs";
import { Shard } from "./shard.mjs";
import { kept, lock, upstream, vaultOf } from "./vault.mjs";

// A token as the library makes them: user, grant and secret. Nobody is asked about anything else.
const TOKEN = /^[^:]{1,256}:[\w-]{16}:[\w-]{32}$/;

// Who says who somebody is. A grant may be older than the declaration, and what another provider said is nothing to this one.
const provider = kept ? providerOf(declared.upstream).issuer : OWNER.iss;

// What is known of a token. What it was found to be `before` it still is, as long as the store has the same row of it: then nothing has to be decrypted.
async function look(token, before) {
  const store = storeOf(env);
  let key, row;
  const get = async (name) => {
    [key, row] = [name, await store.get(name)];
    return JSON.parse(row);
  };
  try {
    if (before !== undefined && before.row === (await store.get(before.key))) return before;
    const found = await server.getOAuthApi({ OAUTH_KV: { get } }).unwrapToken(token);
    return found && { key, row, found };
  } catch (error) {
    throw new Unavailable(`the token store cannot be asked: ${error?.message}`);
  }
}

// Who has this token, if it is for this endpoint of MCP or for the whole server.
async function check(token, at, before) {
  if (!TOKEN.test(token)) throw new Refused("the token is unknown");
  const known = await look(token, before);
  const until = known === null ? 0 : known.found.expiresAt * 1000;
  if (until <= Date.now()) throw new Refused("the token is unknown, has expired or was revoked");
  const { userId, grantId, audience, scope, grant } = known.found;
  if (audience !== issuer && audience !== `${issuer}${at ?? declared.mcp}`) throw new Refused("the token is for another endpoint");
  if (grant.props.iss !== provider) throw new Refused("the token is of a sign-in with another provider");
  known.who ??= principal({
    iss: issuer,
    sub: grant.props.sub,
    client: grant.clientId,
    scopes: scope,
    claims: grant.props.claims,
    vault: kept ? vaultOf(userId, grantId) : undefined,
  });
  return { who: known.who, until, known };
}

const guarded = guard({ header: "authorization", token: bearerToken, check, refusal, resources: refusal === null ? new Resources(issuer, [issuer]) : null });

const page = (request, env, url, ctx) => authorize(new Request(url, request), env, ctx, api(env), declared);
const routes = new Map([
  [PATHS.authorize, page],
  [PATHS.callback, page],
  [PATHS.token, endpoint],
  [PATHS.metadata, endpoint],
]);
if (declared.registration.dcr) routes.set(PATHS.register, endpoint);

export default {
  fetch(request, env, ctx) {
    const route = refusal === null ? routes.get(pathOf(request.url)) : undefined;
    if (route === undefined) return guarded.fetch(request, env);
    const url = new URL(request.url);
    const known = new URL(issuer);
    // What is given out is bound to the public URL, so it is of no use elsewhere. The scheme is another one behind a proxy.
    if (url.host !== known.host) return plainly(421, `mcp-agent: PUBLIC_URL is ${issuer}, and this came to ${url.host}: use the former, or set PUBLIC_URL`);
    return route(request, env, new URL(url.pathname + url.search, issuer), ctx);
  },
  scheduled: guarded.scheduled,
};

/** The class of all objects: those named `oauth:…` keep tokens and never cross into Rust. */
export class Agent extends Base {
  #shard;
  #lines;

  get #own() {
    return (this.#shard ??= new Shard(this.ctx));
  }

  get #queue() {
    return (this.#lines ??= new Lines());
  }

  /** What the token store asks of a shard. */
  oauth(verb, ...rest) {
    switch (verb) {
      case "get":
      case "put":
      case "delete":
      case "list":
      case "keep":
        return this.#own[verb](...rest);
      case "redeem":
        return redeem(this.#own, this.#queue, (name) => (name === this.ctx.id.name ? this : this.env.AGENT.getByName(name)), rest);
      case "lock":
        return lock(this.#own, ...rest);
      default:
        throw new Error("the token store is asked for something unknown");
    }
  }

  act(verb, payload) {
    if (verb === "upstream") return upstream(this.#own, this.#queue, this.env, payload);
    if (verb === "guess") return guess(this.ctx.storage, this.env, declared, payload);
    return super.act(verb, payload);
  }

  alarm() {
    return this.#own.made() ? this.#own.sweep() : super.alarm();
  }
}
