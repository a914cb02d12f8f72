// An issuer of tokens of the tests' own: a real endpoint for keys, which counts who asks and fails on purpose, and tokens signed with jose, among
// them those that no issuer would give.

import http from "node:http";
import { eventually } from "./wait.mjs";
import { load } from "./tools.mjs";

const jose = load("jose");

export const now = () => Math.floor(Date.now() / 1000);

const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

export class Issuer {
  #keys = new Map();
  #hits = [];
  #server;

  /** `path` is that of the issuer's URL; `as` is another URL under which its tokens are given, for a Worker that is sent here whatever it asks for. */
  static async start({ path = "/", as } = {}) {
    const issuer = new Issuer();
    issuer.#server = http.createServer((request, response) => issuer.#answer(request, response));
    await new Promise((resolve) => issuer.#server.listen(0, "127.0.0.1", resolve));
    issuer.#server.unref();
    issuer.port = issuer.#server.address().port;
    issuer.origin = `http://127.0.0.1:${issuer.port}`;
    issuer.url = as ?? issuer.origin + path;
    /** What goes wrong: null, or `down`, `redirect`, `large`, `silent`, `no JSON`, `other`. */
    issuer.broken = null;
    /** Where the metadata is: the path of one of the places where clients look. */
    issuer.metadata = "/.well-known/oauth-authorization-server";
    await issuer.add("first", "RS256");
    return issuer;
  }

  /** A key more. */
  async add(kid, alg = "RS256") {
    const { publicKey, privateKey } = await jose.generateKeyPair(alg, { extractable: true });
    this.#keys.set(kid, { alg, privateKey, publicKey, jwk: { ...(await jose.exportJWK(publicKey)), kid, alg, use: "sig" } });
  }

  /** A key less. */
  withdraw(kid) {
    this.#keys.delete(kid);
  }

  /** What was fetched, as host and path. */
  get hits() {
    return [...this.#hits];
  }

  /** How often keys were fetched. */
  get fetches() {
    return this.#hits.filter((hit) => hit.endsWith("/keys") || hit.endsWith("/certs")).length;
  }

  asked(times, ms = 10_000) {
    return eventually(ms, `the issuer is asked ${times} times`, () => this.#hits.length >= times);
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** A token with these claims (`undefined` leaves one out), signed by the key `kid`. `header` replaces what is in its header. */
  token(claims = {}, { kid = "first", header = {} } = {}) {
    const { alg, privateKey } = this.#keys.get(kid);
    return new jose.SignJWT({ iss: this.url, sub: "ada", exp: now() + 3600, ...claims }).setProtectedHeader({ alg, kid, typ: "at+jwt", ...header }).sign(privateKey);
  }

  /** A token that is not signed at all. */
  unsigned(claims = {}) {
    return `${part({ alg: "none", typ: "at+jwt" })}.${part({ iss: this.url, sub: "ada", exp: now() + 3600, ...claims })}.`;
  }

  /** One that is signed by HMAC with what everybody has: the public key, as it is published or as PEM. */
  async hmac(claims = {}, { kid = "first", pem = true, alg = "HS256" } = {}) {
    const { publicKey, jwk } = this.#keys.get(kid);
    const secret = new TextEncoder().encode(pem ? await jose.exportSPKI(publicKey) : JSON.stringify(jwk));
    return new jose.SignJWT({ iss: this.url, sub: "ada", exp: now() + 3600, ...claims }).setProtectedHeader({ alg, kid, typ: "at+jwt" }).sign(secret);
  }

  /** One of a key that is not the issuer's, which says that it is `kid`. */
  async forged(claims = {}, { kid = "first", header = {} } = {}) {
    const { privateKey } = await jose.generateKeyPair("ES256");
    return new jose.SignJWT({ iss: this.url, sub: "ada", exp: now() + 3600, ...claims }).setProtectedHeader({ alg: "ES256", kid, ...header }).sign(privateKey);
  }

  #answer({ url, headers }, response) {
    this.#hits.push(headers.host + url);
    const keys = url === "/keys" || url === "/cdn-cgi/access/certs";
    switch (keys ? this.broken : null) {
      case "down":
        return response.writeHead(500).end();
      case "redirect":
        return response.writeHead(302, { location: `${this.origin}/elsewhere/keys` }).end();
      case "large":
        return response.end(JSON.stringify({ keys: [], padding: "x".repeat(300_000) }));
      case "silent":
        return;
      case "no JSON":
        return response.end("<html>");
      case "other":
        return response.end(JSON.stringify({ keys: "none" }));
    }
    if (keys || url === "/elsewhere/keys") return response.end(JSON.stringify({ keys: [...this.#keys.values()].map(({ jwk }) => jwk) }));
    if (url === this.metadata) return response.end(JSON.stringify({ issuer: this.named ?? this.url, jwks_uri: `${this.origin}/keys` }));
    response.writeHead(404).end();
  }
}
