// Derived by `mcp-gen sync`. What the Worker is told by its variables and secrets: change the declaration instead.
//
// Everything that is missing or wrong is told at once, in the log when the Worker starts and as the answer to every request: by its
// name, never by its value.

/** Reads settings, and keeps what is wrong with them. */
export class Settings {
  #env;
  #problems = [];

  /** `env`: the Worker's bindings, of a request or of `cloudflare:workers`. */
  constructor(env) {
    this.#env = env;
  }

  /** What is declared as a text, as `{ "secret": NAME }` or as `{ "var": NAME }`. Empty, and a problem, where it is not set. */
  value(declared) {
    if (typeof declared === "string") return declared;
    const { secret, var: variable } = declared;
    const value = this.#env[secret ?? variable];
    if (typeof value === "string" && value !== "") return value;
    if (secret !== undefined) {
      this.problem(`the secret ${secret} is not set: write ${secret}=… into .dev.vars for \`wrangler dev\`, and run \`npx wrangler secret put ${secret}\` for the deployed Worker`);
    } else {
      this.problem(`the variable ${variable} is not set: write ${variable}=… into .dev.vars for \`wrangler dev\`, and into "vars" of wrangler.jsonc for the deployed Worker`);
    }
    return "";
  }

  /** The same, of a URL that tokens are trusted for. */
  url(declared, name) {
    const value = this.value(declared);
    if (value !== "" && !(URL.canParse(value) && isSecure(new URL(value)))) this.problem(`${name} is no URL that begins with https:// (http:// is for this machine alone): ${typeof declared === "string" ? "change the declaration" : "set it anew"}`);
    return value;
  }

  /** The origin at which clients reach the Worker, which they and the issuer of tokens know it by. */
  publicUrl() {
    const given = this.#env.PUBLIC_URL;
    if (typeof given !== "string" || given === "") {
      this.problem('the variable PUBLIC_URL is not set: write PUBLIC_URL=http://localhost:8787 into .dev.vars for `wrangler dev`, and the URL of the deployed Worker, such as https://mcp.example.com, into "vars" of wrangler.jsonc');
      return "";
    }
    // Not the value itself: somebody may have put a secret there.
    if (!URL.canParse(given)) {
      this.problem("PUBLIC_URL is no absolute URL: write it like https://mcp.example.com");
      return "";
    }
    const url = new URL(given);
    if (!isSecure(url)) {
      this.problem("PUBLIC_URL must begin with https:// (http:// is for localhost, 127.0.0.1 and [::1] alone): tokens would be sent in the open");
    } else if (url.pathname !== "/" || url.search !== "" || url.hash !== "" || url.username !== "" || url.password !== "") {
      this.problem(`PUBLIC_URL must be an origin, without a path, a query or a user: write ${url.origin}`);
    }
    return url.origin;
  }

  /** Keeps what is wrong: the name of the setting, and how to put it right. */
  problem(words) {
    this.#problems.push(`mcp-agent: ${words}`);
  }

  /** Null where all is well. Else it has been logged, and what is given makes the answer to every request. */
  refusal() {
    if (this.#problems.length === 0) return null;
    const text = [...new Set(this.#problems)].join("\n");
    console.error(text);
    return () => new Response(`${text}\n`, { status: 500, headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" } });
  }
}

/** Whether what is sent there is read by nobody else: by https, or on this machine. */
export function isSecure({ protocol, hostname }) {
  return protocol === "https:" || (protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(hostname));
}
