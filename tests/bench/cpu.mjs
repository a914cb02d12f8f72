// What a server costs the processor.

import { readdirSync, readFileSync } from "node:fs";

/** Processor time of a process so far, in microseconds: what the scheduler counted for each of its threads. */
export function cpu(pid) {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "latin1").split(" ")[0]);
    } catch (error) {
      if (error.code !== "ENOENT" && error.code !== "ESRCH") throw error; // A thread that has just ended.
    }
  }
  return nanoseconds / 1000;
}
