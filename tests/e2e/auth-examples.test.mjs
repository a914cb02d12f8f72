// The examples about who asks, as projects of their own: GitHub's token at work, and a team that is known elsewhere.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { placed } from "../lib/authproject.mjs";
import { ask, bearer, challenge, tool } from "../lib/guarded.mjs";
import { HUB_CLIENT, startHub } from "../lib/hub.mjs";
import { Issuer } from "../lib/issuer.mjs";
import { message } from "../lib/mcp.mjs";
import { Client, opened, signedIn, startSignIn, tokens } from "../lib/signin.mjs";
import { agent } from "../lib/tools.mjs";
import { Visitor } from "../lib/visitor.mjs";
import { startWorker } from "../lib/workerd.mjs";

const text = (response) => message(response).result.content[0].text;

describe("github", () => {
  let hub, server, client;
  before(async () => {
    hub = await startHub();
    const project = placed(agent("github"), (declared) => ({ ...declared, upstream: { ...declared.upstream, issuer: hub.url } }));
    const bindings = { GITHUB_CLIENT_ID: HUB_CLIENT.id, GITHUB_CLIENT_SECRET: HUB_CLIENT.secret, GITHUB_API: `${hub.url}/api/v3` };
    server = await startSignIn(project, { name: "example-github", bindings });
    client = await Client.register(server);
  });
  after(async () => {
    await server?.kill();
    hub?.close();
  });

  test("lists the repositories of whoever signed in, with their own token", async () => {
    hub.repositories = [{ full_name: "octocat/hello", stargazers_count: 3, description: null, private: false }];
    const { access_token } = await signedIn(client, new Visitor(), hub, { scope: undefined });
    const { port } = server.worker;
    assert.match(text(await tool(port, "whoami", {}, bearer(access_token))), /^octocat, number 583231 of http/);
    const listed = message(await tool(port, "repositories", { count: 5 }, bearer(access_token))).result;
    assert.deepEqual(listed.structuredContent, { repositories: [{ name: "octocat/hello", stars: 3 }] });
    const other = message(await tool(port, "repositories", { owner: "somebody" }, bearer(access_token))).result;
    assert.equal(other.isError, true, "whose they are cannot be said");
  });

  test("stars for a client that was allowed to, and tells another one what to ask for", async () => {
    const { port } = server.worker;
    const which = { repository: "octocat/hello" };
    // A client that asks for nothing is offered everything, and whoever it asks leaves that out.
    const visitor = new Visitor();
    const { form } = await opened(client, visitor, { scope: undefined });
    const answer = await visitor.post(form.action, [["handle", form.handle], ["decision", "allow"]]);
    const first = await tokens(client, await visitor.follow(answer, [server.url, hub.url]));
    const refused = await tool(port, "star", which, bearer(first.access_token));
    assert.equal(refused.status, 403, refused.text);
    const { error, scope } = challenge(refused);
    assert.deepEqual([error, scope], ["insufficient_scope", "repos:star"]);
    assert.deepEqual(hub.starred, []);
    const second = await signedIn(client, new Visitor(), hub, { scope });
    assert.equal(text(await tool(port, "star", which, bearer(second.access_token))), "octocat/hello has your star");
    assert.deepEqual(hub.starred, ["octocat/hello"]);
  });
});

describe("team", () => {
  const PUBLIC = "https://mcp.example.com";
  const AUD = `${PUBLIC}/mcp`;
  let issuer, worker;
  before(async () => {
    issuer = await Issuer.start();
    const project = await placed(agent("team"), (declared) => ({ ...declared, resource: { ...declared.resource, issuer: issuer.url } }));
    worker = await startWorker(project, { name: "example-team", local: true, bindings: { PUBLIC_URL: PUBLIC } });
  });
  after(async () => {
    await worker?.kill();
    issuer?.close();
  });

  const tools = async (claims) => {
    const listed = await ask(worker.port, "tools/list", {}, bearer(await issuer.token({ aud: AUD, ...claims })));
    return message(listed).result.tools.map(({ name }) => name);
  };

  test("shows each what they may use", async () => {
    assert.deepEqual(await tools({ scope: "tickets:read" }), ["list_tickets"]);
    assert.deepEqual(await tools({ scope: "tickets:read tickets:write", groups: ["leads"] }), ["list_tickets", "open_ticket", "close_ticket", "purge"]);
  });

  test("knows whose a ticket is", async () => {
    const as = async (sub, groups = []) => bearer(await issuer.token({ aud: AUD, sub, groups, scope: "tickets:read tickets:write" }));
    assert.equal(text(await tool(worker.port, "open_ticket", { title: "It rains in" }, await as("ada"))), "ticket 1");
    assert.equal(text(await tool(worker.port, "close_ticket", { id: 1 }, await as("alan"))), "you have no ticket 1");
    assert.equal(text(await tool(worker.port, "close_ticket", { id: 1 }, await as("grace", ["leads"]))), "ticket 1 is closed");
  });
});
