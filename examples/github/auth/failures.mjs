// Derived by `mcp-gen sync`. Why it is not known who asks: change the declaration instead.
//
// The message of each goes to the log, and of the first two to the client: plain ASCII without quotes, and nothing of a token in it.

/** Credentials that are no good. */
export class Refused extends Error {}

/** A header that is not as it should be. */
export class Malformed extends Error {}

/** Whether the credentials are any good cannot be known now: the issuer of tokens cannot be asked. */
export class Unavailable extends Error {}
