// Derived by `mcp-gen sync`. Who signs people in: change the declaration instead.
//
// All but GitHub speak OpenID Connect, and differ in data: where they are, which scopes give name, email and a refresh token, and what they want
// to be told besides.

const PROFILE = ["openid", "profile", "email"];
const LASTING = [...PROFILE, "offline_access"];

export const PROVIDERS = {
  github: { title: "GitHub", issuer: "https://github.com", scopes: ["read:user", "user:email"] },
  // A refresh token is given for `offline`, and for the first time only unless it asks the user each time.
  google: { title: "Google", issuer: "https://accounts.google.com", scopes: PROFILE, parameters: { access_type: "offline", prompt: "consent" } },
  auth0: { title: "Auth0", scopes: LASTING },
  workos: { title: "WorkOS", scopes: LASTING },
  stytch: { title: "Stytch", scopes: LASTING },
  access: { title: "Cloudflare Access", scopes: PROFILE },
  oidc: { scopes: PROFILE },
};

/** What a declaration of `[auth.upstream]` comes to. */
export function providerOf({ provider, issuer, scopes }) {
  const preset = PROVIDERS[provider];
  const place = issuer ?? preset.issuer;
  return {
    issuer: place,
    title: preset.title ?? new URL(place).host,
    scopes: scopes?.length > 0 ? scopes : preset.scopes,
    parameters: preset.parameters ?? {},
  };
}
