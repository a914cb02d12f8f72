// Derived by `mcp-gen sync`. The Worker's main: an issuer of its own gives the tokens, which are JWTs: change the declaration instead.
import { env } from "cloudflare:workers";
import declared from "./declared.json";
import { Resources } from "./front.mjs";
import { guard } from "./guard.mjs";
import { bearerToken } from "./header.mjs";
import { ends, Verifier } from "./jwt.mjs";
import { Keys } from "./keys.mjs";
import { principal, scopesOf } from "./principal.mjs";
import { discover } from "./remote.mjs";
import { Settings } from "./settings.mjs";

export { Agent } from "../entry.mjs";

const { resource } = declared;
const settings = new Settings(env);
const issuer = settings.url(resource.issuer, "the issuer");
const jwks = resource.jwks === null ? null : settings.url(resource.jwks, "jwks");
const resources = new Resources(settings.publicUrl(), [issuer]);
const scopeClaim = resource.scope_claim ?? "scope";
const audience = resource.audience.map((one) => settings.value(one));

const verifier = new Verifier({
  keys: new Keys(async () => jwks ?? (await discover(issuer)).jwks_uri),
  issuer,
  // Both endpoints are one agent: a token for either is good at both.
  audience: audience.length > 0 ? audience : resources.identifiers,
  algorithms: resource.algorithms,
  skew: resource.skew,
});

async function check(token) {
  const claims = await verifier.verify(token);
  const who = principal({
    iss: issuer,
    sub: claims.sub,
    client: claims.client_id ?? claims.azp,
    scopes: scopesOf(scopeClaim === "scope" ? (claims.scope ?? claims.scp) : claims[scopeClaim]),
    claims,
  });
  return { who, until: ends(claims) };
}

export default guard({ header: "authorization", token: bearerToken, check, refusal: settings.refusal(), resources });
