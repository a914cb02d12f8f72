// Derived by `mcp-gen sync`. The Worker's main: tokens that its owner gives out, each a secret: change the declaration instead.
import { env } from "cloudflare:workers";
import declared from "./declared.json";
import { Refused } from "./failures.mjs";
import { guard } from "./guard.mjs";
import { bearerToken, isToken } from "./header.mjs";
import { principal } from "./principal.mjs";
import { Settings } from "./settings.mjs";

export { Agent } from "../entry.mjs";

// What is shorter could be guessed.
const MIN = 16;

const encoder = new TextEncoder();
const digest = (text) => crypto.subtle.digest("SHA-256", encoder.encode(text));

const settings = new Settings(env);
const tokens = declared.bearer.map(({ name, token, subject, scopes, claims }) => ({
  name,
  token: secret(token),
  who: principal({ iss: "bearer", sub: subject, scopes, claims }),
}));
for (const [at, { name, token }] of tokens.entries()) {
  const first = tokens.find((other) => other.token === token);
  if (token !== "" && first !== tokens[at]) settings.problem(`the tokens \`${first.name}\` and \`${name}\` are the same: make another with \`openssl rand -hex 32\``);
}

function secret(declaration) {
  const value = settings.value(declaration);
  if (value === "") return value; // a problem already
  const name = declaration.secret ?? declaration.var ?? "a token";
  const wrong = value.length < MIN ? `is shorter than ${MIN} characters` : isToken(value) ? null : "has characters that a bearer token cannot have";
  if (wrong !== null) settings.problem(`${name} ${wrong}: make another with \`openssl rand -hex 32\``);
  return value;
}

let digests; // of the tokens, made by the first request that has one

async function check(presented) {
  digests ??= await Promise.all(tokens.map(({ token }) => digest(token)));
  const given = await digest(presented);
  // All of them, each in a time that does not depend on what is in it.
  let found = null;
  for (const [at, one] of digests.entries()) {
    if (crypto.subtle.timingSafeEqual(given, one)) found = tokens[at];
  }
  if (found === null) throw new Refused("the token is unknown");
  return { who: found.who, until: Infinity };
}

export default guard({ header: "authorization", token: bearerToken, check, refusal: settings.refusal() });
