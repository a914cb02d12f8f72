// Derived by `mcp-gen sync`. The Worker's main: Cloudflare Access is before it, and tells who asks: change the declaration instead.
import { env } from "cloudflare:workers";
import declared from "./declared.json";
import { endpointOf, pathOf } from "./front.mjs";
import { guard } from "./guard.mjs";
import { ends, Verifier } from "./jwt.mjs";
import { Keys } from "./keys.mjs";
import { principal } from "./principal.mjs";
import { Settings } from "./settings.mjs";

export { Agent } from "../entry.mjs";

const settings = new Settings(env);
const team = settings.value(declared.access.team);
if (team !== "" && !/^[a-z0-9-]+$/i.test(team)) settings.problem("the team of [auth] is not the name that stands before .cloudflareaccess.com");
const issuer = `https://${team}.cloudflareaccess.com`;

const verifier = new Verifier({
  keys: new Keys(async () => `${issuer}/cdn-cgi/access/certs`),
  issuer,
  audience: [declared.access.audience].flat().map((one) => settings.value(one)),
  algorithms: ["RS256"],
  skew: 30,
});

async function check(token) {
  const claims = await verifier.verify(token);
  // A service token has no subject, but the name of its own that nobody else has.
  const service = claims.sub === "" || claims.sub === undefined ? claims.common_name : undefined;
  const who = principal({ iss: issuer, sub: service ?? claims.sub, client: service, scopes: [], claims });
  return { who, until: ends(claims) };
}

// Access sets the header on all that a browser with its cookie sends, whichever page had it sent. Of MCP, Rust looks at the origin; beside it, another
// site's page must not do something in its visitor's name. Where a link leads is another matter.
function counts({ method, url, headers }) {
  if (method === "GET" || method === "HEAD" || endpointOf(pathOf(url)) !== null) return true;
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin" || site === "none";
  const origin = headers.get("origin");
  return origin === null || origin === new URL(url).origin;
}

// The header alone: the cookie of the same content is not looked at.
export default guard({ header: "cf-access-jwt-assertion", token: (value) => value, check, refusal: settings.refusal(), counts });
