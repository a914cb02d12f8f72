// Who signs in while you try this on your own computer: a provider of OpenID Connect with people of two teams and of none, and no passwords.
// `npm run people`. When you deploy, `issuer` in mcp.toml is your company's provider instead.

import http from "node:http";
import { fileURLToPath } from "node:url";
import Provider, { interactionPolicy } from "oidc-provider";

export const PEOPLE = {
  ada: { name: "Ada Lovelace", org: "acme", role: "lead" },
  grace: { name: "Grace Hopper", org: "acme", role: "member" },
  alan: { name: "Alan Turing", org: "globex", role: "lead" },
  edsger: { name: "Edsger Dijkstra" },
};

const SCOPES = "openid profile";

/** Everybody is asked each time, so that one browser can be one person after another. */
function policy() {
  const { base, Check, Prompt } = interactionPolicy;
  const asked = new Check("asked", "somebody has to be chosen", "login_required", ({ oidc }) => oidc.result?.login === undefined);
  const policy = base();
  policy.clear();
  policy.add(new Prompt({ name: "login", requestable: true }, asked));
  return policy;
}

/** The Worker's own page asks what an application may: nobody is asked here as well. */
async function granted({ oidc }) {
  const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
  grant.addOIDCScope(SCOPES);
  await grant.save();
  return grant;
}

function page(uid) {
  const choices = Object.entries(PEOPLE).map(([id, { name, org, role }]) => `<button name="who" value="${id}"><b>${name}</b><br>${org ? `${role} at ${org}` : "of no team"}</button>`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Who are you?</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 22rem; margin: 18vh auto; padding: 0 1rem; text-align: center }
form { display: grid; gap: 0.75rem }
button { font: inherit; padding: 0.75rem; border: 1px solid GrayText; border-radius: 0.75rem; background: none; color: inherit; cursor: pointer }
button:hover { border-color: currentColor }
</style>
<h1>Who are you?</h1>
<form method="post" action="/choose/${uid}">${choices.join("\n")}</form>
</html>`;
}

async function body(request) {
  let text = "";
  for await (const part of request) text += part;
  return new URLSearchParams(text);
}

function providerOf(url, callback) {
  return new Provider(url, {
    clients: [{ client_id: "board", token_endpoint_auth_method: "none", redirect_uris: [callback], response_types: ["code"] }],
    claims: { openid: ["sub"], profile: ["name", "org", "role"] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...PEOPLE[id] }) }),
    interactions: { policy: policy(), url: (_, { uid }) => `/choose/${uid}` },
    loadExistingGrant: granted,
    features: { devInteractions: { enabled: false } },
    cookies: { keys: ["nothing here is a secret"] },
    ttl: { AccessToken: 60, AuthorizationCode: 60, IdToken: 300, Interaction: 600, Session: 60, Grant: 60 },
  });
}

async function choose(provider, request, response) {
  const { uid } = await provider.interactionDetails(request, response);
  if (request.method === "GET") return response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page(uid));
  const who = (await body(request)).get("who");
  if (!Object.hasOwn(PEOPLE, who)) return response.writeHead(400).end("nobody of that name");
  return provider.interactionFinished(request, response, { login: { accountId: who, remember: false } });
}

/** Starts it. `serve(callback)` with that of the Worker, which it sends people back to. */
export async function startPeople(port) {
  const server = http.createServer();
  await new Promise((resolve, reject) => server.once("error", reject).listen(port, "localhost", resolve));
  const url = `http://localhost:${server.address().port}`;
  return {
    url,
    serve(callback) {
      const provider = providerOf(url, callback);
      const answer = provider.callback();
      server.on("request", (request, response) => {
        if (!request.url.startsWith("/choose/")) return answer(request, response);
        choose(provider, request, response).catch((error) => response.writeHead(400).end(`${error.message}\n`));
      });
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const people = await startPeople(9000);
  people.serve("http://localhost:8787/callback");
  console.log(`${Object.values(PEOPLE).map(({ name }) => name).join(", ")} sign in at ${people.url}`);
}
