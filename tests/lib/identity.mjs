// Providers of OpenID Connect on this machine: a real one (npm oidc-provider), and one that says whatever a test wants it to.

import http from "node:http";
import { load } from "./tools.mjs";

export const OIDC_CLIENT = { id: "mcp-agent", secret: "the secret of the provider's client" };

/** Who can sign in at the real one, with any password. */
export const ADA = { name: "Ada Lovelace", email: "ada@example.com", email_verified: true, groups: ["support"], nickname: "countess" };

async function listen(handler) {
  const server = http.createServer((request, response) => handler.current(request, response));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  // Another host than that of the Worker, so that to a browser it is another site.
  const url = `http://localhost:${server.address().port}`;
  return { url, close: () => (server.closeAllConnections(), server.close()) };
}

/** Starts npm's oidc-provider with its own pages. `serve(callback)` once it is known where people are sent back to. */
export async function startIdentity() {
  const { Provider } = load("oidc-provider");
  const handler = {};
  const identity = await listen(handler);
  identity.serve = (callback) => {
    const provider = new Provider(identity.url, {
      clients: [{ client_id: OIDC_CLIENT.id, client_secret: OIDC_CLIENT.secret, redirect_uris: [callback], grant_types: ["authorization_code", "refresh_token"], response_types: ["code"] }],
      claims: { openid: ["sub"], profile: ["name", "nickname", "groups"], email: ["email", "email_verified"] },
      findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...ADA }) }),
      pkce: { required: () => true },
      issueRefreshToken: () => true,
      ttl: { AccessToken: 30, IdToken: 300, AuthorizationCode: 60, RefreshToken: 3600, Session: 3600, Grant: 3600, Interaction: 600 },
      features: { devInteractions: { enabled: true } },
      cookies: { keys: ["of this test"] },
    });
    handler.current = provider.callback();
  };
  return identity;
}

/**
 * Starts one that lies. `token` makes the ID token out of what an honest one would say; `configuration` and `userinfo` change what is told there.
 * `keys.sign(claims, header)` signs as the provider does.
 */
export async function startLiar() {
  const { exportJWK, generateKeyPair, SignJWT } = load("jose");
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  const jwk = { ...(await exportJWK(publicKey)), kid: "one", alg: "RS256", use: "sig" };
  const json = (response, value, status = 200) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  let asked;
  const honest = () => ({ iss: liar.url, aud: OIDC_CLIENT.id, sub: "mallory", nonce: asked.nonce, name: "Mallory", iat: now(), exp: now() + 300 });
  const now = () => Math.floor(Date.now() / 1000);
  const sign = (claims, header = {}, key = privateKey) => new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "one", ...header }).sign(key);

  const handler = {
    async current(request, response) {
      const url = new URL(request.url, liar.url);
      request.resume();
      switch (url.pathname) {
        case "/.well-known/openid-configuration":
          return json(response, {
            issuer: liar.url,
            authorization_endpoint: `${liar.url}/authorize`,
            token_endpoint: `${liar.url}/token`,
            jwks_uri: `${liar.url}/keys`,
            userinfo_endpoint: `${liar.url}/userinfo`,
            id_token_signing_alg_values_supported: ["RS256", "HS256", "none"],
            ...liar.configuration,
          });
        case "/keys":
          return json(response, { keys: [jwk] });
        case "/authorize": {
          asked = Object.fromEntries(url.searchParams);
          const back = new URL(asked.redirect_uri);
          back.search = new URLSearchParams({ code: "a code", state: asked.state, ...liar.back });
          return response.writeHead(302, { location: back.href }).end();
        }
        case "/token":
          return json(response, { access_token: "an access token", token_type: "Bearer", id_token: await liar.token(honest(), liar.keys) });
        case "/userinfo":
          return json(response, { sub: "mallory", email: "mallory@example.com", ...liar.userinfo });
        default:
          return json(response, {}, 404);
      }
    },
  };
  const liar = { ...(await listen(handler)), keys: { sign, publicKey, jwk }, configuration: {}, back: {}, userinfo: {} };
  liar.token = (claims) => sign(claims);
  return liar;
}
