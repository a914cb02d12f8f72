// Derived by `mcp-gen sync`. `/authorize` and `/callback`: who signs in, and what they let an application do. Change the declaration instead.
//
// The library keeps each sign-in in the store, under a handle that works once, for ten minutes, in the browser that began it. Nothing that a form
// or a URL brings back is believed without it.

import { AuthorizationError, authorizationErrorRedirect, CimdFetchError } from "@cloudflare/workers-oauth-provider";
import { consentPage, granted, offered, posted } from "./consent.mjs";
import { inbound, isLoopback, outbound } from "./cookies.mjs";
import { html, layout, page, visible } from "./page.mjs";
import * as password from "./password.mjs";
import { derived } from "./secret.mjs";
import * as upstream from "./upstream.mjs";
import { keep } from "./vault.mjs";

const DAY_S = 86_400;
const MAX_URL = 8 << 10;

const NOTICE = layout(`<p class="server">{{ server }}</p>
<h1>{{ heading }}</h1>
<p>{{ words }}</p>
{{ more }}`);

/** Answers a browser at `/authorize` or `/callback`. `oauth` are the library's helpers over the store of this request. */
export async function authorize(request, env, ctx, oauth, declared) {
  const sign = new SignIn(inbound(request, env.PUBLIC_URL), env, oauth, declared);
  let answer;
  try {
    answer = await sign.answer();
  } catch (error) {
    answer = await sign.failed(error);
  }
  return outbound(answer, env.PUBLIC_URL);
}

class SignIn {
  constructor(request, env, oauth, declared) {
    this.request = request;
    this.url = new URL(request.url);
    this.env = env;
    this.oauth = oauth;
    this.declared = declared;
    this.byPassword = declared.upstream.provider === "password";
  }

  answer() {
    const { method } = this.request;
    const back = this.url.pathname === "/callback";
    if (this.request.url.length > MAX_URL) return this.notice(414, "This address is too long", "The application asked for more than fits into an address.");
    const refusal = this.byPassword && password.refusal(this.env, this.declared);
    if (refusal) {
      console.error(`mcp-agent: ${refusal}`);
      return this.notice(503, "Nobody can sign in here yet", `For whoever runs this server: ${refusal}.`);
    }
    if (back && this.byPassword) return this.notice(404, "There is nothing here", "Nobody is sent here to sign in.");
    if (method === "GET") return back ? this.cameBack() : this.ask();
    if (method === "POST" && !back) return this.decided();
    return this.notice(405, "That is not possible here", "Go back to your application and start again.", { headers: { allow: back ? "GET" : "GET, POST" } });
  }

  // The application sent the browser here.
  async ask() {
    const request = await this.parsed();
    const about = await this.oauth.describeConsent(request);
    if (this.#mayRemember(request) && (await this.oauth.isConsentRemembered(this.request, request, await this.#remembered()))) {
      return this.signIn(request, new Headers());
    }
    const { handle, headers } = await this.oauth.beginConsent(request);
    return this.page(about, handle, {}, { headers });
  }

  async parsed() {
    const request = await this.oauth.parseAuthRequest(new Request(this.url, { headers: this.request.headers }));
    return { ...request, scope: offered(this.declared, request.scope) };
  }

  page(about, handle, ask, answer) {
    const days = this.#mayRemember(about) ? Math.floor(this.declared.lifetimes.consent / DAY_S) : 0;
    const how = this.byPassword ? { password: true } : { next: upstream.titleOf(this.declared), days };
    return consentPage(this.declared, about, handle, this.url.pathname + this.url.search, { ...how, ...ask }, answer);
  }

  // The user said yes or no.
  async decided() {
    if (!isOwnForm(this.request)) return this.notice(403, "This came from another site", "Go back to your application and start again there.");
    const form = await posted(this.request);
    if (form === null) return this.notice(400, "This form cannot be read", "Go back to your application and start again.");
    const handle = form.get("handle") ?? "";
    if (form.get("decision") !== "allow") {
      const { request, redirectTo, headers } = await this.oauth.denyConsent(this.request, handle);
      return this.goOn(redirectTo, headers, new URL(request.redirectUri).host);
    }
    const scope = granted(this.declared, form);
    if (this.byPassword) {
      // Before the handle is used up, so that a slip costs nothing.
      const { right, wait } = await password.tried(this.env, (form.get("password") ?? "").slice(0, 1024));
      if (!right) return this.#wrong(handle, scope, wait);
    }
    const remember = form.get("remember") === "yes" && !this.byPassword ? await this.#remembered() : undefined;
    const { request, headers } = await this.oauth.approveConsent(this.request, handle, { scope, remember });
    return this.byPassword ? this.complete(request, headers, password.OWNER) : this.signIn(request, headers);
  }

  async #wrong(handle, ticked, wait) {
    console.warn(`mcp-agent: sign-in: a wrong password${wait > 0 ? `: nobody can try again for ${Math.ceil(wait / 1000)} s` : ""}`);
    // What is shown again comes from the address, as it did before. What will be granted is with the handle.
    const about = await this.oauth.describeConsent(await this.parsed());
    const seconds = Math.ceil(wait / 1000);
    const problem = wait > 0 ? `Too many wrong passwords. Try again in ${spoken(seconds)}.` : "This is not the password.";
    const answer = wait > 0 ? { status: 429, headers: { "retry-after": String(seconds) } } : { status: 403 };
    return this.page(about, handle, { problem, ticked }, answer);
  }

  // Off to who knows the user.
  async signIn(request, headers) {
    const secrets = upstream.secrets();
    const begun = await this.oauth.beginUpstream(request, { data: secrets, headers });
    const url = await upstream.begin(this.env, this.declared, { ...secrets, state: begun.state });
    return this.goOn(url, begun.headers, upstream.titleOf(this.declared));
  }

  // And back again.
  async cameBack() {
    const { request, data, headers } = await this.oauth.finishUpstream(this.request);
    const error = this.url.searchParams.get("error");
    if (error !== null) {
      const code = ["access_denied", "temporarily_unavailable"].includes(error) ? error : "server_error";
      return this.goOn(authorizationErrorRedirect(request, code), headers, new URL(request.redirectUri).host);
    }
    let found;
    try {
      found = await upstream.finish(this.env, this.declared, this.url.searchParams, data);
    } catch (error) {
      if (!(error instanceof upstream.UpstreamError)) throw error;
      logged(error);
      const title = upstream.titleOf(this.declared);
      const more = html`<p class="actions"><a class="button" href="${authorizationErrorRedirect(request, "server_error")}">Go back to the application</a></p>`;
      return this.notice(502, `Signing in with ${title} did not work`, `${title} did not say who you are. You can go back and try again; if it stays so, tell whoever runs this server.`, { more, headers });
    }
    return this.complete(request, headers, found.person, found.tokens);
  }

  // Back to the application, with a code.
  async complete(request, headers, { iss, sub, claims }, tokens) {
    const userId = await idOf(iss, sub);
    const { redirectTo, grant } = await this.oauth.completeAuthorization({ request, userId, metadata: {}, scope: request.scope, props: { iss, sub, claims } });
    if (tokens !== undefined) {
      try {
        await keep(this.env, userId, grant, tokens);
      } catch (error) {
        await this.oauth.revokeGrant(grant, userId);
        throw error;
      }
    }
    return this.goOn(redirectTo, headers, new URL(request.redirectUri).host);
  }

  // Browsers hold every redirect behind a form to what `form-action` lets the form do, and nobody knows all the sites between here and an
  // account. So a form is answered with a page that goes on by itself. Anything else is redirected.
  goOn(url, headers, where) {
    const all = new Headers(headers);
    if (this.request.method === "POST" && this.request.headers.get("accept")?.includes("text/html")) {
      const more = html`<p class="actions"><a class="button" href="${url}">Go on</a></p>`;
      const refresh = html`<meta http-equiv="refresh" content="0;url=${url}">
`;
      return this.notice(200, `Going on to ${where}`, "If nothing happens, use the button.", { more, refresh, headers: all });
    }
    all.set("location", url);
    all.set("cache-control", "no-store");
    all.set("referrer-policy", "no-referrer");
    return new Response(null, { status: 302, headers: all });
  }

  // `detail` is for the log besides. What a stranger chose is in neither.
  notice(status, heading, words, { more, refresh, headers, detail } = {}) {
    if (status >= 400 && status < 500) console.warn(`mcp-agent: sign-in: ${status}: ${detail ?? heading}`);
    return page(NOTICE, { server: this.declared.name, title: heading, heading, words, more, refresh }, { status, headers });
  }

  failed(error) {
    if (error instanceof AuthorizationError) return this.#refused(error);
    if (error instanceof CimdFetchError) {
      const detail = `the document of a client was not to be had: ${error.reason}`;
      return this.notice(400, "This application is not known", "It says that a page tells about it, and that page could not be read, or does not tell enough.", { detail });
    }
    if (error instanceof upstream.UpstreamError) {
      logged(error);
      return this.notice(502, "Signing in does not work at the moment", "Who should say who you are could not be asked. Try again later; if it stays so, tell whoever runs this server.");
    }
    if (error?.why === "limited") return this.notice(429, "Too many are signing in", "Try again in a minute.", { headers: { "retry-after": "60" } });
    console.error(error);
    return this.notice(500, "Something went wrong", "Go back to your application and start again.");
  }

  #refused(error) {
    // The library says where to only for an address that it has found among those of the client.
    if (error.redirectTo) {
      console.warn(`mcp-agent: sign-in: told to the client: ${error.code}: ${visible(error.description, 200)}`);
      return new Response(null, { status: 302, headers: { location: error.redirectTo, "cache-control": "no-store", "referrer-policy": "no-referrer" } });
    }
    const more = html`<p class="quiet">${error.description}</p>`;
    const detail = `${error.code}: ${visible(error.description, 200)}`;
    const begins = this.request.method === "GET" && this.url.pathname !== "/callback";
    if (begins) return this.notice(400, "This application cannot sign in here", "What it asks for is wrong. Tell whoever makes it:", { more, detail });
    return this.notice(400, "This sign-in is over", "Go back to your application and start again.", { more, detail });
  }

  // A program on this computer can take another one's name and place: RFC 8252, 8.6, wants it to be asked about each time. And whoever has to give a
  // password sees what it is for.
  #mayRemember({ redirectUri }) {
    return !this.byPassword && this.declared.lifetimes.consent > 0 && !isLoopback(redirectUri);
  }

  async #remembered() {
    return { secret: await derived(this.env, "remembered consent"), maxAgeSeconds: this.declared.lifetimes.consent };
  }
}

// Besides the handle and its cookie: a browser that says where a form is from is believed. The page sends no referrer, and with it no origin.
function isOwnForm({ headers, url }) {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const origin = headers.get("origin");
  return origin === null || origin === "null" || origin === new URL(url).origin;
}

// Tokens have it in them, so it says nothing of who it is.
async function idOf(iss, sub) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${iss}\n${sub}`));
  return btoa(String.fromCharCode(...new Uint8Array(digest))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function spoken(seconds) {
  if (seconds > 90) return `${Math.ceil(seconds / 60)} minutes`;
  return seconds === 1 ? "a second" : `${seconds} seconds`;
}

function logged(error) {
  console.error(`mcp-agent: sign-in: ${error.message}`);
}
