// `mode = "resource"` and its issuer, as tests want them.

import { startGuarded } from "./guarded.mjs";
import { Issuer } from "./issuer.mjs";

export const PUBLIC = "https://mcp.example.com";
export const READ = { aud: `${PUBLIC}/mcp`, scope: "notes:read" };

/** What is declared of an issuer. */
export const declared = (issuer, changes = {}) => ({
  mode: "resource",
  resource: { issuer: issuer.url, audience: [], jwks: null, algorithms: ["RS256", "ES256", "EdDSA"], skew: 30, scope_claim: "scope", ...changes },
});

/** A Worker and an issuer of its own. */
export async function together({ changes = {}, path, ...options } = {}) {
  const issuer = await Issuer.start({ path });
  const worker = await startGuarded(declared(issuer, typeof changes === "function" ? changes(issuer) : changes), { bindings: { PUBLIC_URL: PUBLIC }, ...options });
  return {
    issuer,
    worker,
    port: worker.port,
    async end() {
      await worker.kill();
      issuer.close();
    },
  };
}
