// Derived by `mcp-gen sync`. Whether a JWT is good: its signature, who gave it, for whom, and when (RFC 9068, RFC 8725): change the
// declaration instead.
import { errors, jwtVerify } from "jose";
import { Refused, Unavailable } from "./failures.mjs";

// What may be declared. A signature that whoever has the public key can make is none, so `none` and HS* are not here.
const SIGNED = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];
// What an access token is called, if it is called anything: no other kind of JWT is taken for one.
const TYPES = ["at+jwt", "application/at+jwt", "jwt"];
const WRONG = {
  aud: "the token is for another audience",
  exp: "the token has no good time of expiry",
  iss: "the token is of another issuer",
  nbf: "the token is not valid yet",
};

/** Checks the tokens of one issuer. */
export class Verifier {
  #keys;
  #options;

  /** `keys`: of `keys.mjs`; `audience`: a list, of which a token names one; `skew`: what clocks may differ, in seconds. */
  constructor({ keys, issuer, audience, algorithms, skew }) {
    const unsigned = algorithms.filter((name) => !SIGNED.includes(name));
    if (unsigned.length > 0) throw new Error(`${unsigned} is no algorithm of signatures with a public key`);
    // One algorithm with two names (RFC 9864).
    const named = algorithms.flatMap((name) => (name === "EdDSA" ? ["EdDSA", "Ed25519"] : [name]));
    this.#keys = keys;
    this.#options = { issuer, audience, algorithms: named, clockTolerance: skew, requiredClaims: ["exp"] };
  }

  /** Promises the claims. Throws `Refused` or `Unavailable`. */
  async verify(token) {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, this.#keys.find, this.#options);
      const { typ } = protectedHeader;
      if (typ !== undefined && !(typeof typ === "string" && TYPES.includes(typ.toLowerCase()))) throw new Refused("the token is of another type");
      return payload;
    } catch (error) {
      throw error instanceof Unavailable ? error : refused(error);
    }
  }
}

/** Until when a token with these claims may be taken for good without another look, in milliseconds. */
export const ends = ({ exp }) => exp * 1000;

function refused(error) {
  if (error instanceof Refused) return error;
  if (error instanceof errors.JWTExpired) return new Refused("the token has expired");
  if (error instanceof errors.JWTClaimValidationFailed) return new Refused(WRONG[error.claim] ?? "the token has claims that are wrong");
  if (error instanceof errors.JOSEAlgNotAllowed) return new Refused("the token is signed in a way that is not allowed");
  if (error instanceof errors.JWSSignatureVerificationFailed) return new Refused("the token has a wrong signature");
  if (error instanceof errors.JOSEError) return new Refused("the token is no JWT that can be read");
  // A key that the issuer publishes and that WebCrypto does not take.
  return new Refused("the token is signed with a key that cannot be used");
}
