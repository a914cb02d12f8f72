// Derived by `mcp-gen sync`. Lines in which requests wait for each other: change the declaration instead.

const MAX_WAITING = 200;

/** Too many wait already. */
export class Busy extends Error {}

/** A line for each name; nothing is left of one in which nobody waits. */
export class Lines {
  #lines = new Map();

  /** Runs `turn` when all that came before it are over, and answers what it does. */
  async wait(name, turn) {
    const line = this.#lines.get(name) ?? { last: Promise.resolve(), waiting: 0 };
    if (line.waiting >= MAX_WAITING) throw new Busy("too many wait in one line");
    this.#lines.set(name, line);
    line.waiting += 1;
    const mine = line.last.then(turn);
    line.last = mine.catch(() => {});
    try {
      return await mine;
    } finally {
      line.waiting -= 1;
      if (line.waiting === 0) this.#lines.delete(name);
    }
  }
}
