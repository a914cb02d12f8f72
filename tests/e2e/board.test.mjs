// `examples/board` as people use it: pages in a browser and clients of MCP, who all see what any of them does.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { clientOf, Person, startBoard } from "../lib/boardpage.mjs";
import { measure, SIZES, startChromium } from "../lib/chromium.mjs";
import { load, agent, tools } from "../lib/tools.mjs";
import { eventually } from "../lib/wait.mjs";

// What it may take until everybody has seen a change.
const SEEN_MS = 1000;

/** What does not fit into its column. */
function sticksOut(elements) {
  const edge = (element) => element.getBoundingClientRect().right;
  return elements.filter((element) => edge(element) > edge(element.closest(".column"))).map(({ innerText }) => innerText);
}

describe("board", () => {
  let browser, board, ada, grace, alan, model;
  before(async () => {
    board = await startBoard(agent("board"));
    browser = await startChromium();
    ada = await Person.at(board, browser, "ada");
    grace = await Person.at(board, browser, "grace", { scheme: "dark" });
    alan = await Person.at(board, browser, "alan");
    model = await clientOf(board, "grace");
  });
  after(async () => {
    await model?.close();
    await browser?.close();
    await board?.close();
  });

  const call = async (name, args = {}) => {
    const { isError, content, structuredContent } = await model.callTool({ name, arguments: args });
    assert.ok(!isError, content[0]?.text);
    return structuredContent;
  };
  const both = (look) => Promise.all([ada, grace].map(look));

  test("everybody sees within a second what a client of MCP does, and no other team does", async () => {
    for (const [done, text] of ["Invite everybody", "Order cake", "Book the room"].entries()) {
      const from = Date.now();
      await call("add_card", { text });
      const texts = ["Invite everybody", "Order cake", "Book the room"].slice(0, done + 1);
      await both((person) => person.has("to_do", texts, SEEN_MS));
      assert.ok(Date.now() - from < SEEN_MS, `it took ${Date.now() - from} ms`);
    }
    const from = Date.now();
    await call("move_card", { id: 2, to: "doing" });
    await both((person) => person.has("doing", ["Order cake"], SEEN_MS));
    assert.ok(Date.now() - from < SEEN_MS, `it took ${Date.now() - from} ms`);
    await alan.has("to_do", []);
    await alan.has("doing", []);
  });

  test("a client of MCP hears of what is done on a page, and knows by whom", async () => {
    const { ResourceUpdatedNotificationSchema } = load("@modelcontextprotocol/sdk/types.js");
    const heard = [];
    model.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => void heard.push(params.uri));
    await model.subscribeResource({ uri: "board://done" });
    await ada.press("Move “Order cake” to Done");
    await grace.has("done", ["Order cake"], SEEN_MS);
    await eventually(SEEN_MS, "the client hears of it", () => heard.includes("board://done"));
    const { contents } = await model.readResource({ uri: "board://done" });
    assert.deepEqual(JSON.parse(contents[0].text), [{ id: 2, text: "Order cake", by: "Ada Lovelace" }]);
  });

  test("a page sets the title, and adds, moves and throws away cards", async () => {
    await grace.rename("The party");
    await ada.page.waitForFunction(() => document.querySelector("h1 input").value === "The party", { timeout: SEEN_MS });
    assert.equal((await call("show_board")).title, "The party");
    await ada.add("Blow up balloons");
    await grace.has("to_do", ["Invite everybody", "Book the room", "Blow up balloons"], SEEN_MS);
    await grace.press("Throw “Book the room” away");
    await both((person) => person.has("to_do", ["Invite everybody", "Blow up balloons"], SEEN_MS));
    await ada.drags(".to_do .card:nth-child(2)", ".doing");
    await both((person) => person.has("doing", ["Blow up balloons"]));
    assert.equal(await alan.title(), "This week");
  });

  test("by keyboard alone, and the focus goes where the card goes", async () => {
    await ada.page.focus(".new input");
    for (let presses = 0; !(await ada.page.evaluate(() => document.activeElement.innerText.includes("Blow up balloons” to Done"))); presses++) {
      assert.ok(presses < 20, "the button is among the next ones");
      await ada.page.keyboard.press("Tab");
    }
    await ada.page.keyboard.press("Enter");
    await both((person) => person.has("done", ["Order cake", "Blow up balloons"]));
    assert.equal(await ada.page.evaluate(() => document.activeElement.querySelector("p")?.innerText), "Blow up balloons");
  });

  test("what somebody may not do is refused, and nothing has changed", async () => {
    await grace.press("Clear what is done");
    await grace.page.waitForSelector(".notice");
    await grace.has("done", ["Order cake", "Blow up balloons"]);
    await grace.press("Dismiss");
    await grace.page.waitForFunction(() => document.querySelector(".notice") === null);
    await ada.press("Clear what is done");
    await both((person) => person.has("done", []));
  });

  test("a tab that slept, and one whose Worker was killed, are current again", async () => {
    await grace.sleeps(true);
    board.server.cut();
    await ada.live();
    await ada.add("Buy candles");
    await ada.has("to_do", ["Invite everybody", "Buy candles"]);
    await eventually(10_000, "it is stored", async () => (await call("show_board")).to_do.length === 2);
    await grace.sleeps(false);
    await grace.has("to_do", ["Invite everybody", "Buy candles"]);
    await board.server.restart();
    await call("add_card", { text: "Find matches" });
    await both((person) => person.has("to_do", ["Invite everybody", "Buy candles", "Find matches"], 20_000));
    await both((person) => person.live());
    await alan.live();
    await alan.has("to_do", []);
  });

  test("a page without a network goes on when it is there again", async () => {
    await ada.page.setOfflineMode(true);
    board.server.cut();
    await ada.sees("Reconnecting");
    await ada.add("Sing");
    await call("add_card", { text: "Dance" });
    await ada.page.setOfflineMode(false);
    const all = ["Invite everybody", "Buy candles", "Find matches", "Dance", "Sing"];
    await both((person) => person.has("to_do", all, 20_000));
  });

  test("is handsome, and can be used by everybody: light, dark, on a phone", async () => {
    await call("move_card", { id: 1, to: "done" });
    await call("move_card", { id: 6, to: "doing" });
    await both((person) => person.has("done", ["Invite everybody"]));
    const folder = join(tools.out, "screenshots");
    mkdirSync(folder, { recursive: true });
    for (const [scheme, { page }] of [["light", ada], ["dark", grace]]) {
      for (const [size, viewport] of Object.entries(SIZES)) {
        await page.setViewport(viewport);
        await page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished)));
        await page.screenshot({ path: join(folder, `board-${scheme}-${size}.png`), fullPage: true });
        assert.deepEqual(await page.$$eval(".card *", sticksOut), [], `${scheme}, ${size}`);
        const { dim, ...found } = await measure(page);
        assert.deepEqual(found, { scrolls: false, lang: "en", headings: 1, landmarks: 1, unnamed: [], small: [], faint: [] }, `${scheme}, ${size}`);
      }
      await page.setViewport(SIZES.desktop);
    }
  });

  test("who is of no team is told so", async () => {
    const edsger = await Person.signedIn(board, browser, "edsger");
    await edsger.sees("belongs to who has the claim `org`, and your account has none");
    await edsger.press("Sign out");
    await edsger.page.waitForSelector("::-p-aria(Sign in)");
    assert.deepEqual(edsger.page.problems.filter((text) => !text.includes("403")), []);
    await edsger.leave();
  });

  test("who signs out is out, in all tabs", async () => {
    const other = await ada.page.browserContext().newPage();
    await other.goto(board.server.page("/"));
    await other.waitForSelector(".card");
    await ada.page.bringToFront();
    await ada.press("Sign out");
    for (const page of [ada.page, other]) await page.waitForFunction(() => document.querySelector(".door") !== null);
    await ada.page.screenshot({ path: join(tools.out, "screenshots/board-door.png") });
    await grace.live();
  });

  test("nothing went wrong in any page", () => {
    for (const person of [ada, grace, alan]) assert.deepEqual(person.page.problems, []);
  });
});
