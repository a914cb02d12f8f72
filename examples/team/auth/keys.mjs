// Derived by `mcp-gen sync`. The public keys of an issuer, fetched seldom: change the declaration instead.
import { waitUntil } from "cloudflare:workers";
import { createLocalJWKSet, errors } from "jose";
import { Refused, Unavailable } from "./failures.mjs";
import { fetchJson } from "./remote.mjs";

// How old keys are before they are fetched anew, and how old where the issuer does not answer: an issuer that is down for a moment
// takes nobody's access, and a key that it withdrew is not good for ever.
const FRESH_MS = 600_000;
const STALE_MS = 3_600_000;
// Between two attempts to fetch: anybody can send tokens with a key that there is not.
const COOLDOWN_MS = 30_000;
// The same while there is no key at all, when nobody is let in.
const RETRY_MS = 5000;
// After that an attempt is given up whose request is gone.
const PATIENCE_MS = 25_000;

/** The keys; one for the whole isolate. */
export class Keys {
  #place;
  #keys = null;
  #fetched = -Infinity;
  #tried = -Infinity;
  #failure = null; // of the last attempt
  #attempt = null;

  /** `place()` promises the URL of the key set. */
  constructor(place) {
    this.#place = place;
  }

  /** The key of a token, as `jose` asks for it. Throws `Refused` for a key that the issuer has not, `Unavailable` if nobody knows. */
  find = async (header, token) => {
    if (Date.now() - this.#fetched > FRESH_MS) await this.#fetch();
    const key = await this.#known(header, token);
    if (key !== null) return key;
    await this.#fetch();
    const fetched = await this.#known(header, token);
    if (fetched !== null) return fetched;
    throw this.#failure ?? new Refused("the token is signed with an unknown key");
  };

  async #known(header, token) {
    if (this.#keys === null || Date.now() - this.#fetched > STALE_MS) throw this.#failure ?? new Unavailable("the keys of the issuer did not come in time");
    try {
      return await this.#keys(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) return null;
      if (error instanceof errors.JWKSMultipleMatchingKeys) throw new Refused("the token does not say which key it is signed with");
      throw error;
    }
  }

  // Fetches them, unless that was tried a moment ago. What comes of it is in the fields.
  async #fetch() {
    const now = Date.now();
    if (this.#attempt === null) {
      if (now - this.#tried < (this.#keys === null ? RETRY_MS : COOLDOWN_MS)) return;
      this.#tried = now;
      const attempt = this.#load().finally(() => {
        if (this.#attempt === attempt) this.#attempt = null;
      });
      this.#attempt = attempt;
      // Others wait for it too: it goes on when the client leaves that it began for.
      waitUntil(attempt);
    }
    let timer;
    const patience = new Promise((resolve) => (timer = setTimeout(resolve, PATIENCE_MS)));
    const attempt = this.#attempt;
    await Promise.race([attempt, patience]);
    clearTimeout(timer);
    // The platform may end a request with all that it had begun. Then nothing comes of it any more.
    if (this.#attempt === attempt) this.#attempt = null;
  }

  async #load() {
    try {
      const place = await this.#place();
      const set = await fetchJson(place);
      try {
        this.#keys = createLocalJWKSet(named(set));
      } catch {
        throw new Unavailable("the key set of the issuer is none");
      }
      this.#fetched = Date.now();
      this.#failure = null;
    } catch (error) {
      this.#failure = error instanceof Unavailable ? error : new Unavailable(`fetching keys failed: ${error}`);
      console.error(`mcp-agent: the keys of the issuer cannot be fetched: ${this.#failure.message}`);
    }
  }
}

// Keys of Ed25519 are for one algorithm, which has two names (RFC 9864): a key says the one and a token the other while an issuer changes over.
function named(set) {
  if (!Array.isArray(set?.keys)) return set;
  const isEither = ({ crv, alg }) => crv === "Ed25519" && (alg === "EdDSA" || alg === "Ed25519");
  return { ...set, keys: set.keys.map((key) => (isEither(key ?? {}) ? { ...key, alg: undefined } : key)) };
}
