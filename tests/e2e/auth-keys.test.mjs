// The keys of an issuer of JWTs, and the issuer itself: found, fetched seldom, changed, down, and lying.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bearer, kept, refused, tool, whoIs } from "../lib/guarded.mjs";
import { now } from "../lib/issuer.mjs";
import { fastClock } from "../lib/project.mjs";
import { PUBLIC, READ, together } from "../lib/resource.mjs";
import { eventually } from "../lib/wait.mjs";

describe("the keys", () => {
  test("are asked for once, though many ask at once", async () => {
    const { issuer, port, end } = await together();
    try {
      const tokens = await Promise.all(Array.from({ length: 30 }, (_, i) => issuer.token({ ...READ, sub: `user-${i}` })));
      const found = await Promise.all(tokens.map((token) => whoIs(port, bearer(token))));
      found.forEach((line, i) => assert.match(line, new RegExp(` sub=user-${i} `)));
      assert.equal(issuer.fetches, 1);
    } finally {
      await end();
    }
  });

  test("are asked for at most once more by a flood of tokens with keys that there are not", async () => {
    const { issuer, worker, port, end } = await together();
    try {
      await whoIs(port, bearer(await issuer.token(READ)));
      assert.equal(issuer.fetches, 1);
      const tokens = await Promise.all(Array.from({ length: 60 }, (_, i) => issuer.forged(READ, { kid: `flood-${i}` })));
      for (const some of [tokens.slice(0, 30), tokens.slice(30)]) {
        const responses = await Promise.all(some.map((token) => tool(port, "whoami", {}, bearer(token))));
        responses.forEach((response, i) => refused(worker, response, { says: /unknown key/, secret: some[i] }));
      }
      assert.ok(issuer.fetches <= 2, `${issuer.fetches} fetches`);
      await whoIs(port, bearer(await issuer.token(READ)));
    } finally {
      await end();
    }
  });

  // A clock that is a hundred times as fast: what takes 30 s takes 300 ms, and a token is known for 100 ms. An answer of the issuer may take its time all the same.
  const fast = { change: (project) => fastClock(project, 100) };

  test("may change: a new one is found, a withdrawn one is good no more", async () => {
    const { issuer, worker, port, end } = await together(fast);
    try {
      const old = await issuer.token(READ);
      await whoIs(port, bearer(old));
      await issuer.add("second", "ES256");
      issuer.withdraw("first");
      const fresh = await issuer.token({ ...READ, sub: "eve" }, { kid: "second" });
      const use = async (token) => (await tool(port, "whoami", {}, bearer(token))).status;
      await eventually(5000, "the new key is known", async () => (await use(fresh)) === 200);
      await eventually(5000, "the old key is forgotten", async () => (await use(old)) === 401);
      refused(worker, await tool(port, "whoami", {}, bearer(old)), { says: /unknown key/, secret: old });
    } finally {
      await end();
    }
  });

  for (const [how, log] of Object.entries({
    down: /answers 500/,
    redirect: /answers 302/,
    large: /answers more than 262144 bytes/,
    "no JSON": /answers no JSON/,
    other: /the key set of the issuer is none/,
    silent: /nothing came for 5000 ms/,
  })) {
    test(`that cannot be had (${how}) are nobody's fault who has a token`, async () => {
      // What says nothing is waited for by a clock of the runtime, which is nobody's to change.
      const { issuer, worker, port, end } = await together(how === "silent" ? {} : fast);
      try {
        issuer.broken = how;
        const token = await issuer.token(READ);
        const responses = await Promise.all([1, 2, 3].map(() => tool(port, "whoami", {}, bearer(token))));
        for (const response of responses) {
          assert.equal(response.status, 503, response.text);
          assert.equal(response.headers["www-authenticate"], undefined);
          assert.match(response.headers["retry-after"], /^[1-9]\d*$/);
          assert.equal(response.headers["access-control-allow-origin"], "*");
        }
        assert.match(worker.stderr(), log);
        kept(worker, token, responses[0]);
        assert.ok(issuer.fetches <= 3, `${issuer.fetches} fetches`);
        // Whoever has no token, or one that needs no key to be refused, is told so all the same.
        assert.equal((await tool(port, "whoami")).status, 401);
        refused(worker, await tool(port, "whoami", {}, bearer(await issuer.hmac(READ))), { says: /not allowed/ });
        issuer.broken = null;
        await eventually(5000, "the issuer is asked again", async () => (await tool(port, "whoami", {}, bearer(token))).status === 200);
      } finally {
        await end();
      }
    });
  }

  test("are good for a while when the issuer is down, and not for ever", async () => {
    // 600 s take 600 ms, an hour 3.6 s.
    const { issuer, port, end } = await together({ change: (project) => fastClock(project, 1000) });
    try {
      const use = async () => (await tool(port, "whoami", {}, bearer(await issuer.token({ ...READ, exp: now() + 100_000 })))).status;
      assert.equal(await use(), 200);
      const before = issuer.fetches;
      issuer.broken = "down";
      await eventually(3000, "fresh keys are asked for", async () => {
        assert.equal(await use(), 200, "with the keys that are known");
        return issuer.fetches > before + 1;
      });
      await eventually(8000, "the keys are too old", async () => (await use()) === 503);
      issuer.broken = null;
      await eventually(3000, "the issuer is asked again", async () => (await use()) === 200);
    } finally {
      await end();
    }
  });

  test("are still on their way for the others when the client leaves that asked first", async () => {
    const { issuer, port, end } = await together();
    try {
      issuer.broken = "silent";
      const token = await issuer.token(READ);
      const left = tool(port, "whoami", {}, bearer(token)).catch(() => {});
      await issuer.asked(2);
      const { default: http } = await import("node:http");
      const gone = http.request({ port, host: "127.0.0.1", method: "GET", path: "/sse", headers: bearer(token) });
      gone.on("error", () => {});
      gone.end();
      gone.destroy();
      assert.equal((await tool(port, "whoami", {}, bearer(await issuer.token({ ...READ, sub: "eve" })))).status, 503);
      await left;
      issuer.broken = null;
      await eventually(10_000, "the issuer is asked again", async () => (await tool(port, "whoami", {}, bearer(token))).status === 200);
    } finally {
      await end();
    }
  });
});

describe("the issuer", () => {
  const insert = (name, path) => `/.well-known/${name}${path}`;
  for (const [path, place] of [
    ["/", insert("oauth-authorization-server", "")],
    ["/", insert("openid-configuration", "")],
    ["/realms/a", insert("oauth-authorization-server", "/realms/a")],
    ["/realms/a", insert("openid-configuration", "/realms/a")],
    ["/realms/a", "/realms/a/.well-known/openid-configuration"],
    ["/realms/a/", "/realms/a/.well-known/openid-configuration"],
  ]) {
    test(`of the path ${path} is found by ${place}`, async () => {
      const { issuer, port, end } = await together({ path });
      try {
        issuer.metadata = place;
        assert.match(await whoIs(port, bearer(await issuer.token(READ))), new RegExp(`^iss=${issuer.url} `));
        const asked = issuer.hits.map((hit) => hit.slice(hit.indexOf("/")));
        const bare = path.replace(/\/$/, "");
        const order = [insert("oauth-authorization-server", bare), insert("openid-configuration", bare), `${bare}/.well-known/openid-configuration`];
        assert.deepEqual(asked, [...order.slice(0, order.indexOf(place) + 1), "/keys"]);
      } finally {
        await end();
      }
    });
  }

  test("that says it is another one is not believed", async () => {
    const { issuer, worker, port, end } = await together();
    try {
      issuer.named = issuer.url.slice(0, -1);
      const response = await tool(port, "whoami", {}, bearer(await issuer.token(READ)));
      assert.equal(response.status, 503);
      assert.ok(worker.stderr().includes(`is of the issuer "${issuer.named}", which is not the declared ${issuer.url} to the letter`), worker.stderr());
      assert.equal(issuer.fetches, 0);
    } finally {
      await end();
    }
  });

  test("need not be asked where its keys are, if that is declared; nor a claim of scopes be one that is known", async () => {
    const { issuer, port, end } = await together({ changes: ({ origin }) => ({ jwks: `${origin}/keys`, audience: ["api://notes"], scope_claim: "permissions", algorithms: ["RS256"], skew: 0 }) });
    try {
      const claims = { aud: "api://notes", permissions: ["notes:read"], scope: "notes:write" };
      assert.match(await whoIs(port, bearer(await issuer.token(claims))), / scopes=notes:read /);
      assert.equal(issuer.hits.length, 1);
      assert.equal((await tool(port, "whoami", {}, bearer(await issuer.token({ ...claims, aud: `${PUBLIC}/mcp` })))).status, 401);
    } finally {
      await end();
    }
  });
});
