// Signing in. The page is a public client of the Worker that it came from, as any client of MCP is: it registers itself, sends the browser
// to `/authorize`, and trades the code that comes back for tokens (OAuth 2.1, with PKCE).

import * as oauth from "oauth4webapi";

interface Session {
  client: oauth.Client;
  access: string;
  refresh: string;
  /** When the access token ends, in milliseconds. */
  until: number;
}

/** Nobody is signed in, or not any more. */
export class SignedOut extends Error {}

const REDIRECT = `${location.origin}/`;
// On one's own computer there is no certificate.
const options = { [oauth.allowInsecureRequests]: location.protocol === "http:" };

// All tabs share the session; what a sign-in has to remember is its tab's.
const SESSION = "board.session";
const SIGN_IN = "board.sign-in";
// A token is renewed this long before it ends.
const SPARE_MS = 30_000;

let server: Promise<oauth.AuthorizationServer> | undefined;

function discovered(): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(location.origin);
  const asked = oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...options }).then((answer) => oauth.processDiscoveryResponse(issuer, answer));
  // What failed is asked for again.
  return (server ??= asked.catch((error) => {
    server = undefined;
    throw error;
  }));
}

function read(): Session | undefined {
  return JSON.parse(localStorage.getItem(SESSION) ?? "null") ?? undefined;
}

function keep(client: oauth.Client, tokens: oauth.TokenEndpointResponse): Session {
  const session = { client, access: tokens.access_token, refresh: tokens.refresh_token!, until: Date.now() + tokens.expires_in! * 1000 };
  localStorage.setItem(SESSION, JSON.stringify(session));
  return session;
}

export const isSignedIn = () => read() !== undefined;

/** Calls back when this or another tab signs out. */
export function onSignedOut(run: () => void): () => void {
  const changed = () => isSignedIn() || run();
  addEventListener("storage", changed);
  addEventListener(SESSION, changed);
  return () => {
    removeEventListener("storage", changed);
    removeEventListener(SESSION, changed);
  };
}

function forget(): void {
  localStorage.removeItem(SESSION);
  dispatchEvent(new Event(SESSION));
}

/** Sends the browser away; it comes back with a code. */
export async function signIn(): Promise<void> {
  const server = await discovered();
  const about = { client_name: "Board", redirect_uris: [REDIRECT], token_endpoint_auth_method: "none" };
  const client = await oauth.processDynamicClientRegistrationResponse(await oauth.dynamicClientRegistrationRequest(server, about, options));
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  sessionStorage.setItem(SIGN_IN, JSON.stringify({ client, verifier, state }));
  const url = new URL(server.authorization_endpoint!);
  url.search = new URLSearchParams({
    response_type: "code",
    client_id: client.client_id,
    redirect_uri: REDIRECT,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  }).toString();
  location.assign(url);
}

/** Trades the code that the browser came back with, if it did, for tokens. */
export async function finishSignIn(): Promise<void> {
  const here = new URL(location.href);
  const kept = sessionStorage.getItem(SIGN_IN);
  if (kept === null || !here.searchParams.has("state")) return;
  sessionStorage.removeItem(SIGN_IN);
  history.replaceState(null, "", "/");
  const { client, verifier, state } = JSON.parse(kept);
  const server = await discovered();
  const answer = oauth.validateAuthResponse(server, client, here, state);
  const reply = await oauth.authorizationCodeGrantRequest(server, client, oauth.None(), answer, REDIRECT, verifier, options);
  keep(client, await oauth.processAuthorizationCodeResponse(server, client, reply));
}

/** A token that lasts for a while. Tabs take turns, so that one of them renews it and the others find it renewed. */
export function accessToken(): Promise<string> {
  return navigator.locks.request(SESSION, async () => {
    const session = read();
    if (session === undefined) throw new SignedOut();
    if (Date.now() < session.until - SPARE_MS) return session.access;
    return (await renewed(session)).access;
  });
}

async function renewed({ client, refresh }: Session): Promise<Session> {
  const server = await discovered();
  const reply = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), refresh, options);
  try {
    return keep(client, await oauth.processRefreshTokenResponse(server, client, reply));
  } catch (error) {
    if (!(error instanceof oauth.ResponseBodyError)) throw error;
    // The grant is over: it was revoked, or is too old.
    forget();
    throw new SignedOut();
  }
}

/** Ends the session here and, if it can be reached, at the Worker. */
export async function signOut(): Promise<void> {
  const session = read();
  forget();
  if (session === undefined) return;
  const server = await discovered();
  await oauth.processRevocationResponse(await oauth.revocationRequest(server, session.client, oauth.None(), session.refresh, options));
}
