// What a floor seals that a client keeps between two requests: AES-GCM by WebCrypto.

const encoder = new TextEncoder();
const decoder = new TextDecoder();
let key;

async function imported() {
  key ??= await crypto.subtle.importKey("raw", new Uint8Array(32).fill(7), "AES-GCM", false, ["encrypt", "decrypt"]);
  return key;
}

/** The text, sealed, in base64. */
export async function seal(text) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await imported(), encoder.encode(text)));
  return btoa(String.fromCharCode(...iv, ...sealed));
}

/** The text again; fails where it is not what was sealed. */
export async function open(state) {
  const bytes = Uint8Array.from(atob(state), (byte) => byte.charCodeAt(0));
  return decoder.decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes.subarray(0, 12) }, await imported(), bytes.subarray(12)));
}
