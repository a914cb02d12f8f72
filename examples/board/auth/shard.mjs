// Derived by `mcp-gen sync`. One shard of the token store, in an object `oauth:…`: change the declaration instead.
//
// What is done here is done between two turns of the event loop, so nothing comes in between. A read makes no storage: whoever sends tokens that
// are none finds and leaves nothing.

const NEVER = Number.MAX_SAFE_INTEGER;
const SWEEP_MS = 10 * 60_000;
// A client that registered itself and with which nobody ever signed in.
const UNUSED_CLIENT_MS = 24 * 3_600_000;
// What anybody may have made without signing in: rows a minute in one shard, and their characters.
const A_MINUTE = { client: 30, transaction: 600, "client-assertion-jti": 600 };
const MAX_VALUE = 64 << 10;
// Of one grant: the newest live access tokens, and the newest refresh tokens that are known to have been used up.
const MAX_TOKENS = 100;
const MAX_RETIRED = 1000;
// Rows of access tokens that are remembered.
const KNOWN = 500;
// What belongs to a grant and ends with it.
const OF_A_GRANT = ["token", "retired", "reply", "vault"];

const kindOf = (key) => key.slice(0, key.indexOf(":"));
const grantOf = (key) => `grant:${key.split(":").slice(1, 3).join(":")}`;
const ofGrant = (kind, grant) => `${kind}${grant.slice("grant".length)}`;
// All prefixes end with a colon, and the character behind it is the semicolon.
const range = (prefix) => [prefix, `${prefix.slice(0, -1)};`];

export class Shard {
  #storage;
  #sql;
  #made = false; // the table is there
  #alarm = Infinity; // when it goes off, as far as that is known
  #minute = 0;
  #counts = {}; // what was inserted in this minute, of each kind
  #known = new Map(); // rows of access tokens, which are asked for far more often than anything is written

  constructor({ storage }) {
    this.#storage = storage;
    this.#sql = storage.sql;
  }

  // Whether this object has anything of the token store.
  made() {
    this.#made ||= this.#rows("SELECT 1 FROM sqlite_master WHERE name = 'mcp_oauth'").length > 0;
    return this.#made;
  }

  #rows(query, ...values) {
    // Nobody else writes here, so what was read is true until then.
    if (!query.startsWith("SELECT")) this.#known.clear();
    return this.#sql.exec(query, ...values).toArray();
  }

  #live(key) {
    if (!this.made()) return undefined;
    const row = this.#known.get(key) ?? this.#find(key);
    return row !== undefined && row.expires > Date.now() ? row : undefined;
  }

  #find(key) {
    const [row] = this.#rows("SELECT value, version, expires FROM mcp_oauth WHERE key = ?", key);
    // What is not there is not remembered: it could be made up without end.
    if (row === undefined || kindOf(key) !== "token") return row;
    if (this.#known.size >= KNOWN) this.#known.clear();
    this.#known.set(key, row);
    return row;
  }

  // The value and its version.
  get(key) {
    const row = this.#live(key);
    return row === undefined ? null : [row.value, row.version];
  }

  // Its new version, or why not. `seen` is the version that it has to have still.
  put(key, value, expires, metadata, seen) {
    const kind = kindOf(key);
    const now = Date.now();
    if (value.length > MAX_VALUE) return "large";
    const old = this.#live(key);
    if ((old?.version ?? 0) !== seen) return "changed";
    if (kind === "token" && this.#live(grantOf(key)) === undefined) return "orphan";
    if (old === undefined && !this.#counted(kind, now)) return "limited";
    if (old === undefined && kind === "client") expires = Math.min(expires ?? NEVER, now + UNUSED_CLIENT_MS);
    if (old !== undefined && kind === "grant") this.#retire(key, JSON.parse(old.value), JSON.parse(value), now);
    this.#write(key, value, metadata === null ? null : JSON.stringify(metadata), seen + 1, expires);
    if (kind === "token") this.#trim(`${ofGrant("token", grantOf(key))}:`, "expires", MAX_TOKENS);
    return seen + 1;
  }

  #write(key, value, metadata, version, expires) {
    if (!this.made()) {
      this.#rows("CREATE TABLE mcp_oauth (key TEXT PRIMARY KEY, value TEXT NOT NULL, metadata TEXT, version INTEGER NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID");
      this.#rows("CREATE INDEX mcp_oauth_expires ON mcp_oauth (expires)");
    }
    this.#rows("INSERT OR REPLACE INTO mcp_oauth VALUES (?, ?, ?, ?, ?)", key, value, metadata, version, expires ?? NEVER);
    if (expires !== null) this.#arm(expires);
  }

  #counted(kind, now) {
    if (A_MINUTE[kind] === undefined) return true;
    const minute = Math.floor(now / 60_000);
    if (minute !== this.#minute) [this.#minute, this.#counts] = [minute, {}];
    this.#counts[kind] = (this.#counts[kind] ?? 0) + 1;
    return this.#counts[kind] <= A_MINUTE[kind];
  }

  #trim(prefix, order, most) {
    this.#rows(`DELETE FROM mcp_oauth WHERE key IN (SELECT key FROM mcp_oauth WHERE key >= ? AND key < ? ORDER BY ${order} DESC LIMIT -1 OFFSET ${most})`, ...range(prefix));
  }

  // A refresh token that another one takes the place of is remembered by its hash, with the time.
  #retire(key, { refreshTokenId: old }, { refreshTokenId: next }, now) {
    if (old === undefined || old === next) return;
    const prefix = `${ofGrant("retired", key)}:`;
    if (this.#live(prefix + old) === undefined) this.#write(prefix + old, String(now), null, 1, null);
    this.#trim(prefix, "value", MAX_RETIRED);
  }

  // When this refresh token of the grant was retired, in milliseconds.
  retired(grant, id) {
    const row = this.#live(`${ofGrant("retired", grant)}:${id}`);
    return row && Number(row.value);
  }

  // Whether the grant knows a code, a refresh token or an access token with this hash, now or from before.
  knows(grant, id) {
    const row = this.#live(grant);
    if (row === undefined) return false;
    const { authCodeId, refreshTokenId, previousRefreshTokenId } = JSON.parse(row.value);
    if ([authCodeId, refreshTokenId, previousRefreshTokenId].includes(id)) return true;
    return this.retired(grant, id) !== undefined || this.#live(`${ofGrant("token", grant)}:${id}`) !== undefined;
  }

  // What else is kept with a grant: only while there is one, unless that is kept elsewhere, and no longer.
  attach(kind, grant, name, value, expires, beside = true) {
    if (beside && this.#live(grant) === undefined) return false;
    this.#write(ofGrant(kind, grant) + name, value, null, 1, expires);
    return true;
  }

  attached(kind, grant, name) {
    return this.#live(ofGrant(kind, grant) + name)?.value;
  }

  detach(kind, grant, name) {
    if (this.made()) this.#rows("DELETE FROM mcp_oauth WHERE key = ?", ofGrant(kind, grant) + name);
  }

  // "", or why not. What was read must still be there; `null` is for what goes in any case.
  delete(key, seen) {
    if (seen !== null && (this.#live(key)?.version ?? 0) !== seen) return "changed";
    if (!this.made()) return "";
    this.#rows("DELETE FROM mcp_oauth WHERE key = ?", key);
    if (kindOf(key) === "grant") this.#cascade(key);
    return "";
  }

  #cascade(grant) {
    for (const kind of OF_A_GRANT) {
      const key = ofGrant(kind, grant);
      this.#rows("DELETE FROM mcp_oauth WHERE key = ? OR (key >= ? AND key < ?)", key, ...range(`${key}:`));
    }
  }

  list(prefix, limit, cursor) {
    const found = !this.made() ? [] : this.#rows(
      "SELECT key, metadata, expires FROM mcp_oauth WHERE key >= ? AND key < ? AND key > ? AND expires > ? ORDER BY key LIMIT ?",
      ...range(prefix), cursor, Date.now(), limit + 1,
    );
    const keys = found.slice(0, limit).map(({ key, metadata }) => ({ name: key, metadata: metadata === null ? undefined : JSON.parse(metadata) }));
    return found.length > limit ? { keys, list_complete: false, cursor: keys.at(-1).name } : { keys, list_complete: true };
  }

  // A client that registered itself lasts as long as its registration says, once somebody signed in with it.
  keep(key) {
    const row = this.#live(key);
    const { registrationExpiresAt } = row === undefined ? {} : JSON.parse(row.value);
    if (registrationExpiresAt !== undefined) this.#rows("UPDATE mcp_oauth SET expires = ? WHERE key = ?", registrationExpiresAt * 1000, key);
  }

  #arm(expires) {
    const at = Math.max(expires, Date.now() + SWEEP_MS);
    if (this.#alarm <= at) return;
    this.#alarm = at;
    this.#storage.getAlarm().then((set) => (set !== null && set <= at) || this.#storage.setAlarm(at));
  }

  // What has expired goes, and what belongs to a grant goes with it.
  sweep() {
    const now = Date.now();
    for (const { key } of this.#rows("SELECT key FROM mcp_oauth WHERE expires <= ? AND key >= 'grant:' AND key < 'grant;'", now)) this.#cascade(key);
    this.#rows("DELETE FROM mcp_oauth WHERE expires <= ?", now);
    const [{ next }] = this.#rows("SELECT min(expires) AS next FROM mcp_oauth");
    this.#alarm = Infinity;
    if (next !== null && next !== NEVER) this.#arm(next);
  }
}
