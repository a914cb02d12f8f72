// What a page authenticates its WebSocket with. A browser sends no `Authorization` header there, so the page asks for a ticket first, with
// its token: good for one connection, within seconds.

import { accessToken, SignedOut, signOut } from "./session";

interface Query extends Record<string, string> {
  ticket: string;
}

/** The Worker knows who asks, and lets them have no board. */
class Refused extends Error {}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
// `useAgent` asks again at once when it is told of a failure, and never stops.
const NEVER = new Promise<never>(() => {});

let asked: Promise<Query> | undefined;

/** A ticket, as soon as there is a network and a Worker. Whoever asks meanwhile is given the same promise; where there will be no ticket, it is never kept. */
export function ticket(onRefused: (reason: string) => void): Promise<Query> {
  const over = () => (asked = undefined);
  const failed = (error: Error) => {
    if (error instanceof Refused) onRefused(error.message);
    return NEVER;
  };
  return (asked ??= persist().finally(over).catch(failed));
}

async function persist(): Promise<Query> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      const given = await ask();
      if (given !== undefined) return given;
    } catch (error) {
      if (error instanceof SignedOut || error instanceof Refused) throw error;
      // All else passes: there is no network, or the Worker is not there.
    }
    await rest(pause);
  }
}

async function ask(): Promise<Query | undefined> {
  const headers = { authorization: `Bearer ${await accessToken()}` };
  const answer = await fetch("/agents/board/me/ticket", { method: "POST", headers });
  if (answer.ok) return { ticket: (await answer.json()).ticket };
  if (answer.status === 429 || answer.status >= 500) return undefined;
  if (answer.status !== 401) throw new Refused((await answer.json()).error.message);
  // Somebody revoked the token.
  await signOut().catch(() => {});
  throw new SignedOut();
}

/** Waits, and no longer than until the network is back. */
function rest(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      removeEventListener("online", over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    addEventListener("online", over);
  });
}
