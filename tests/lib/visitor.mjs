// A browser by hand, for what a person and an attacker do: its cookies, redirects one by one, and forms that may be filled in wrongly.

/** Answers are `{ status, headers, text, location }`; `location` is absolute. Nothing is followed unless `follow` is called. */
export class Visitor {
  #cookies = new Map(); // by host, as browsers do: ports share them

  get cookies() {
    return [...this.#cookies.values()].flatMap((jar) => [...jar.keys()]);
  }

  async #send(url, init) {
    const { hostname } = new URL(url);
    const jar = this.#cookies.get(hostname) ?? new Map();
    this.#cookies.set(hostname, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { ...(cookie && { cookie }), ...init.headers };
    const response = await fetch(url, { ...init, headers, redirect: "manual", signal: AbortSignal.timeout(20_000) });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (/max-age=0/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    const location = response.headers.get("location");
    return { url, status: response.status, headers: response.headers, text: await response.text(), location: location && new URL(location, url).href };
  }

  get(url, headers = {}) {
    return this.#send(url, { headers });
  }

  post(url, fields, headers = {}) {
    return this.#send(url, { method: "POST", headers, body: new URLSearchParams(fields) });
  }

  /** Goes where it is sent, as long as that is one of these origins. */
  async follow(answer, origins) {
    for (let hops = 0; answer.location !== null && origins.includes(new URL(answer.location).origin); hops++) {
      if (hops > 20) throw new Error(`redirected again and again, at last to ${answer.location}`);
      answer = await this.get(answer.location);
    }
    return answer;
  }
}

/** What the form of a consent page holds: where it goes, its handle, and each scope, ticked or not. */
export function formOf({ text, url }) {
  const [, action] = /<form method="post" action="([^"]*)"/.exec(text) ?? [];
  if (action === undefined) throw new Error(`there is no form in ${text}`);
  const [, handle] = /name="handle" value="([^"]+)"/.exec(text);
  const boxes = [...text.matchAll(/<input type="checkbox" name="scope" value="([^"]+)"( checked)?( disabled)?>/g)];
  const scopes = boxes.map(([, scope, ticked, needed]) => ({ scope, ticked: ticked !== undefined, needed: needed !== undefined }));
  return { action: new URL(plain(action), url).href, handle, scopes };
}

/** HTML's text again. */
export function plain(html) {
  return html.replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
}

/** A person who says yes to everything on the consent page at `url`: the answer to Allow. */
export async function consented(url, password, visitor = new Visitor()) {
  const form = formOf(await visitor.get(url));
  const ticked = form.scopes.filter(({ ticked }) => ticked).map(({ scope }) => ["scope", scope]);
  const answer = await visitor.post(form.action, [["handle", form.handle], ["decision", "allow"], ["password", password], ...ticked]);
  if (answer.location === null) throw new Error(`Allow is answered ${answer.status}: ${answer.text}`);
  return answer;
}

/**
 * Reads what a program prints, and does what a person does whom it asks to visit an address: each address once. `visits` are the addresses,
 * `done()` waits for the last one, and tells if it went wrong.
 */
export class Reader {
  visits = [];
  #last = Promise.resolve();

  constructor(password) {
    this.password = password;
  }

  said = (log) => {
    for (const [url] of log.matchAll(/http:\/\/\S+\/authorize\?\S+(?=\s)/g)) {
      if (this.visits.some(({ href }) => href === url)) continue;
      this.visits.push(new URL(url));
      this.#last = this.#last.then(() => this.#visit(url));
      this.#last.catch(() => {});
    }
  };

  done = () => this.#last;

  async #visit(url) {
    const visitor = new Visitor();
    const { location } = await consented(url, this.password, visitor);
    const answer = await visitor.get(location);
    if (answer.status >= 400) throw new Error(`the program answers its redirect with ${answer.status}: ${answer.text}`);
  }
}
