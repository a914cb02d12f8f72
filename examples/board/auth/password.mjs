// Derived by `mcp-gen sync`. Signing in with one password, to try everything without an account anywhere: change the declaration instead.
//
// Guesses are counted in one object, however many isolates there are. It compares too, so that no guess comes between looking at the count
// and adding to it.

import { isLoopback } from "./cookies.mjs";
import { Settings } from "./settings.mjs";

/** The object that counts, and what it is asked. */
const PLACE = "oauth:password";
const VERB = "guess";

// How many may be wrong before one has to wait; then for how long, twice as long after each, and at most.
const FREE = 5;
const FIRST_WAIT = 60_000;
const LONGEST_WAIT = 15 * 60_000;
// When nobody has guessed wrongly for so long, all is forgotten.
const FORGOTTEN = 60 * 60_000;

/** Who signs in with the password: there is one. */
export const OWNER = { iss: "password", sub: "owner", claims: { sub: "owner" } };

/** Why it may not be used here, if so. One password for all is for trying things, unless somebody says that it is enough. */
export function refusal(env, declared) {
  if (declared.upstream.production || isLoopback(env.PUBLIC_URL)) return undefined;
  return "sign-in with a password is for trying things on your own computer, and PUBLIC_URL is not there. Declare another `provider` in `[auth.upstream]`, or `production = true` if one password is enough";
}

/** Tries a password: `{ right }`, or `{ right: false, wait }` with the milliseconds until the next try. */
export async function tried(env, candidate) {
  return JSON.parse(await env.AGENT.getByName(PLACE).act(VERB, candidate));
}

/** In the object, whose class answers it to the verb `guess`: what `tried` is told. */
export async function guess(storage, env, declared, candidate) {
  const [right, given] = await Promise.all([digest(new Settings(env).value(declared.upstream.password)), digest(candidate)]);
  // No pause from here on.
  const now = Date.now();
  let { wrong, until } = storage.kv.get("guesses") ?? { wrong: 0, until: 0 };
  if (now > until + FORGOTTEN) wrong = 0;
  // Even the right one has to wait, or guesses would go on meanwhile.
  if (wrong >= FREE && now < until) return JSON.stringify({ right: false, wait: until - now });
  if (crypto.subtle.timingSafeEqual(right, given)) {
    storage.kv.delete("guesses");
    return JSON.stringify({ right: true });
  }
  wrong += 1;
  const wait = wrong < FREE ? 0 : Math.min(FIRST_WAIT * 2 ** (wrong - FREE), LONGEST_WAIT);
  storage.kv.put("guesses", { wrong, until: now + wait });
  return JSON.stringify({ right: false, wait });
}

function digest(text) {
  return crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
}
