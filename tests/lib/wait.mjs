// Bounded waits: nothing in these tests may wait for ever, and nothing sleeps where it can wait for an event.

/** The result of `promise`, or an error that says what did not happen within `ms`. */
export function within(ms, what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${ms} ms: ${what}`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Asks `probe` again and again until it answers something true, with so many milliseconds between. For facts of another process that send no event. */
export async function eventually(ms, what, probe, pause = 50) {
  const end = Date.now() + ms;
  for (;;) {
    const answer = await probe();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
