// People at the page of `examples/board`, each in a browser of their own, and clients of MCP that are theirs.

import { join } from "node:path";
import { newPage } from "./chromium.mjs";
import { streamable } from "./clients.mjs";
import { placed } from "./authproject.mjs";
import { allowed, Client, opened, startSignIn, tokens } from "./signin.mjs";
import { Visitor } from "./visitor.mjs";

const LIMIT = 10_000;

/** The Worker, its page, and who signs people in. */
export async function startBoard(folder) {
  const { startPeople } = await import(join(folder, "people.mjs"));
  const people = await startPeople(0);
  const project = await placed(folder, (declared) => ({ ...declared, upstream: { ...declared.upstream, issuer: people.url } }));
  const server = await startSignIn(project, { name: "example-board" });
  people.serve(server.page("/callback"));
  return {
    server,
    people,
    async close() {
      await server.kill();
      people.close();
    },
  };
}

/** Somebody at the page, signed in through all the pages that there are on the way. */
export class Person {
  static async signedIn({ server }, browser, who, options) {
    const person = new Person();
    person.page = await newPage(browser, options);
    await person.page.goto(server.page("/"));
    await person.press("Sign in");
    await person.press("Allow");
    await person.page.waitForSelector(`button[value=${who}]`);
    await person.page.click(`button[value=${who}]`);
    return person;
  }

  /** Somebody who has a board. */
  static async at(board, browser, who, options) {
    const person = await Person.signedIn(board, browser, who, options);
    await person.live();
    return person;
  }

  /** Presses a button by its name. */
  async press(name) {
    const button = await this.page.waitForSelector(`::-p-aria(${name}[role="button"])`);
    await button.click();
  }

  /** Waits until the page is connected, and knows who looks at it. */
  async live() {
    await this.sees("Live");
    await this.page.waitForSelector(".me");
  }

  /** Waits for a text. */
  async sees(text, timeout = LIMIT) {
    await this.page.waitForFunction((text) => document.body.innerText.includes(text), { timeout, polling: 20 }, text);
  }

  /** Waits until a column has these cards, by their texts. */
  async has(column, texts, timeout = LIMIT) {
    const wanted = JSON.stringify(texts);
    const found = (column, wanted) => JSON.stringify([...document.querySelectorAll(`.${column} .card p`)].map((text) => text.innerText)) === wanted;
    await this.page.waitForFunction(found, { timeout, polling: 20 }, column, wanted);
  }

  title = () => this.page.$eval("h1 input", (input) => input.value);

  async add(text) {
    await this.page.type(".new input", text);
    await this.page.keyboard.press("Enter");
  }

  async rename(title) {
    await this.page.click("h1 input", { count: 3 });
    await this.page.keyboard.type(title);
    await this.page.keyboard.press("Enter");
  }

  /** Drags one thing onto another with the mouse. */
  async drags(from, to) {
    const middle = async (selector) => {
      const { x, y, width, height } = await (await this.page.$(selector)).boundingBox();
      return [x + width / 2, y + height / 2];
    };
    await this.page.mouse.move(...(await middle(from)));
    await this.page.mouse.down();
    await this.page.mouse.move(...(await middle(to)), { steps: 5 });
    await this.page.mouse.up();
  }

  /** The tab is frozen, as browsers do with those that nobody looks at; or thawed. */
  async sleeps(asleep) {
    this.session ??= await this.page.createCDPSession();
    await this.session.send("Page.setWebLifecycleState", { state: asleep ? "frozen" : "active" });
  }

  leave = () => this.page.browserContext().close();
}

/** A client of MCP that somebody has let in. */
export async function clientOf({ server, people }, who) {
  const client = await Client.register(server);
  const visitor = new Visitor();
  const consent = await opened(client, visitor, { scope: "board" });
  const origins = [server.url, people.url];
  const choice = await visitor.follow(await allowed(visitor, consent), origins);
  const { access_token } = await tokens(client, await visitor.follow(await visitor.post(choice.url, { who }), origins));
  return streamable(server.url, { requestInit: { headers: { authorization: `Bearer ${access_token}` } } });
}
