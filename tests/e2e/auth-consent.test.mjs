// The pages of sign-in in a browser: that they work there, what they look like, and what another site can do with them.

import assert from "node:assert/strict";
import http from "node:http";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { clickTo, measure, newPage, says, SIZES, startChromium } from "../lib/chromium.mjs";
import { HUB_SECRETS, OIDC_SECRETS, Client, guardedSignIn, startSignIn, tokens, withHub, withIdentity } from "../lib/signin.mjs";
import { PASSWORD } from "../lib/oauth.mjs";
import { startHub } from "../lib/hub.mjs";
import { ADA, startIdentity } from "../lib/identity.mjs";
import { tools } from "../lib/tools.mjs";
import { eventually } from "../lib/wait.mjs";

const DECLARED = {
  name: "Acme Orders",
  required: ["notes:read"],
  scopes: [["notes:read", "Read your orders"], ["notes:write", "Change and cancel your orders"]],
};

let browser, site;
before(async () => {
  browser = await startChromium();
  site = await startSite();
});
after(async () => {
  await browser?.close();
  site?.close();
});

// A client's own server, and an attacker's: pages by path.
async function startSite() {
  const pages = new Map();
  const visits = [];
  const server = http.createServer((request, response) => {
    const url = new URL(request.url, site.url);
    visits.push(url);
    // Many clients send the browser on to a page of their own, at another place.
    if (url.pathname === "/callback") return response.writeHead(302, { location: `http://localhost:${url.port}/done` }).end();
    response.writeHead(200, { "content-type": "text/html" }).end(pages.get(url.pathname) ?? "You can close this window");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    pages,
    /** The last address with a code or an error in it. */
    last: () => visits.findLast(({ pathname }) => pathname === "/callback"),
    close: () => (server.closeAllConnections(), server.close()),
  };
}

const clientOf = (server, metadata) => Client.register(server, { redirect: `${site.url}/callback`, client_name: "Claude Code", ...metadata });

describe("with a password", () => {
  let server;
  before(async () => {
    server = await startSignIn(guardedSignIn({}, DECLARED), { name: "consent-password" });
  });
  after(() => server?.kill());

  test("a slip, then the right one, by keyboard alone", async () => {
    const page = await newPage(browser);
    const client = await clientOf(server);
    await page.goto(server.page(client.url()));
    assert.equal(await page.title(), "Let Claude Code use Acme Orders?");
    const focused = () => page.evaluate(() => {
      const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
      return [document.activeElement.name || document.activeElement.value, outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2];
    });
    const order = [];
    for (let step = 0; step < 4; step++) {
      await page.keyboard.press("Tab");
      order.push(await focused());
    }
    assert.deepEqual(order, [["scope", true], ["password", true], ["decision", true], ["decision", true]]);
    await page.focus("#password");
    await page.keyboard.type("swordfish");
    await page.keyboard.press("Enter");
    await page.waitForSelector("[role=alert]");
    assert.deepEqual(await focused(), ["password", true], "the problem leads to its field");
    assert.equal(await page.$eval("#password", (input) => input.getAttribute("aria-describedby").split(" ").map((id) => document.getElementById(id).innerText).join(" ")), "This is not the password. The one that whoever runs this server has set.");
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press("Enter");
    await says(page, "You can close this window");
    assert.equal(new URL(page.url()).pathname, "/done");
    const { scope } = await tokens(client, { location: site.last().href });
    assert.equal(scope, "notes:read notes:write");
    assert.deepEqual(page.problems, []);
    await page.browserContext().close();
  });

  test("what is not ticked is not granted, and Deny needs no password", async () => {
    const page = await newPage(browser);
    const client = await clientOf(server);
    await page.goto(server.page(client.url()));
    await page.click("input[value='notes:write']");
    await page.type("#password", PASSWORD);
    await clickTo(page, "button[value=allow]", "You can close this window");
    assert.equal((await tokens(client, { location: site.last().href })).scope, "notes:read");
    await page.goto(server.page(client.url()));
    await clickTo(page, "button[value=deny]", "You can close this window");
    assert.equal(site.last().searchParams.get("error"), "access_denied");
    assert.deepEqual(page.problems, []);
    await page.browserContext().close();
  });

  test("a name full of HTML is a name", async () => {
    const name = `<img src=x onerror=alert(1)><script>alert(2)</script>`;
    const page = await newPage(browser);
    await page.goto(server.page((await clientOf(server, { client_name: name })).url()));
    assert.equal(await page.$eval("h1", (heading) => heading.innerText), `Let ${name} use Acme Orders?`);
    assert.equal(await page.$("img, script"), null);
    assert.deepEqual(page.problems, []);
    await page.browserContext().close();
  });

  test("another site can neither frame it nor send its form", async () => {
    const page = await newPage(browser);
    const client = await clientOf(server);
    const address = server.page(client.url());
    // The attacker's own handle, put into the victim's browser.
    const stolen = await client.consent();
    const fields = { handle: stolen.handle, decision: "allow", password: PASSWORD };
    const inputs = Object.entries(fields).map(([name, value]) => `<input name="${name}" value="${value}">`).join("");
    site.pages.set("/frame", `<iframe src="${address.replaceAll("&", "&amp;")}"></iframe>`);
    site.pages.set("/forge", `<form method="post" action="${address.replaceAll("&", "&amp;")}">${inputs}</form><script>document.forms[0].submit()</script>`);
    // By another name, so that it is another site.
    await page.goto(`${site.url.replace("127.0.0.1", "localhost")}/frame`);
    // It has no address until it is there, or is refused.
    const framed = () => page.frames().find((one) => one !== page.mainFrame())?.url();
    assert.match(await eventually(20_000, "something is in the frame", framed), /^chrome-error:/);
    await page.goto(`${site.url.replace("127.0.0.1", "localhost")}/forge`);
    await says(page, "This came from another site");
    await page.browserContext().close();
  });
});

describe("with a provider", () => {
  test("a real one: its pages, and back, over sites that are not the same", async () => {
    const identity = await startIdentity();
    const server = await startSignIn(guardedSignIn(withIdentity(identity), DECLARED), { name: "consent-oidc", bindings: OIDC_SECRETS });
    try {
      identity.serve(`${server.url}/callback`);
      const client = await clientOf(server);
      const page = await newPage(browser);
      await page.goto(server.page(client.url()));
      await page.click("button[value=allow]");
      await page.waitForSelector("input[name=login]");
      assert.equal(new URL(page.url()).origin, identity.url);
      await page.type("input[name=login]", "ada");
      await page.type("input[name=password]", "any");
      await page.click("button[type=submit]");
      await page.waitForSelector("input[name=prompt][value=consent]");
      await clickTo(page, "button[type=submit]", "You can close this window");
      const { access_token } = await tokens(client, { location: site.last().href });
      assert.equal((await server.knows(access_token)).props.claims.name, ADA.name);
      // Known there now, so there is nothing to press but Allow, and nothing but redirects behind it.
      await page.goto(server.page(client.url()));
      await clickTo(page, "button[value=allow]", "You can close this window");
      await tokens(client, { location: site.last().href });
      assert.deepEqual((await page.browserContext().cookies()).filter(({ name }) => name.includes("oauth")), []);
      await page.browserContext().close();
    } finally {
      await server.kill();
      identity.close();
    }
  });
});

describe("looks", () => {
  const folder = join(tools.out, "screenshots");
  const kinds = {};
  let hub, server, other;
  before(async () => {
    mkdirSync(folder, { recursive: true });
    hub = await startHub();
    server = await startSignIn(guardedSignIn({}, DECLARED), { name: "consent-looks" });
    other = await startSignIn(guardedSignIn(withHub(hub), DECLARED), { name: "consent-looks-hub", bindings: HUB_SECRETS });
    const local = await clientOf(server);
    const far = await Client.register(other, { redirect: "https://claude.ai/api/mcp/auth_callback", client_name: "Claude" });
    const long = await clientOf(server, { client_name: "Pneumonoultramicroscopicsilicovolcanoconiosis-Assistenzprogramm ".repeat(3) });
    Object.assign(kinds, {
      password: { open: (page) => page.goto(server.page(local.url())) },
      wrong: {
        async open(page) {
          await page.goto(server.page(local.url()));
          await page.type("#password", "swordfish");
          await page.click("button[value=allow]");
          await page.waitForSelector("[role=alert]");
        },
      },
      provider: { open: (page) => page.goto(other.page(far.url())) },
      long: { open: (page) => page.goto(server.page(long.url())) },
      error: { open: (page) => page.goto(server.page("/authorize?client_id=nobody")) },
      upstream: {
        async open(page) {
          hub.broken = { path: "/api/v3/user", answer: (response) => response.end("{}") };
          await page.goto(other.page(far.url()));
          await clickTo(page, "button[value=allow]", "did not work");
          hub.broken = undefined;
        },
      },
    });
  });
  after(async () => {
    await server?.kill();
    await other?.kill();
    hub?.close();
  });

  for (const kind of ["password", "wrong", "provider", "long", "error", "upstream"]) {
    for (const scheme of ["light", "dark"]) {
      test(`${kind}, ${scheme}`, async () => {
        const page = await newPage(browser, { scheme });
        await kinds[kind].open(page);
        for (const size of Object.keys(SIZES)) {
          await page.setViewport(SIZES[size]);
          await page.screenshot({ path: join(folder, `${kind}-${scheme}-${size}.png`), fullPage: true });
          assert.deepEqual(await measure(page), { scrolls: false, lang: "en", headings: 1, landmarks: 1, unnamed: [], small: [], faint: [], dim: [] }, size);
        }
        const dark = await page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number).every((channel) => channel < 64));
        assert.equal(dark, scheme === "dark");
        await page.browserContext().close();
      });
    }
  }
});
