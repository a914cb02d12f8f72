// Derived by `mcp-gen sync`. Secrets that follow from the Worker's sealing key: change the declaration instead.
//
// Nobody has to make or store another secret, and what one of them is for tells nothing of the others.

const made = new Map();

/** 64 hexadecimal digits, the same for the same purpose as long as the sealing key stays. */
export async function derived(env, purpose) {
  // Several keys may be good for opening, while the owner changes them; the first one seals.
  const keys = env.MCP_SESSION_KEY ?? (await env.AGENT.getByName("keyring").keyring("sealing-key"));
  const name = `${purpose}\n${keys}`;
  let secret = made.get(name);
  if (secret === undefined) {
    const bytes = Uint8Array.from(atob(keys.split(",")[0].trim()), (char) => char.charCodeAt(0));
    const key = await crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveBits"]);
    const info = new TextEncoder().encode(`mcp-agent ${purpose}`);
    const bits = await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info }, key, 256);
    secret = hex(new Uint8Array(bits));
    made.set(name, secret);
  }
  return secret;
}

function hex(bytes) {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
