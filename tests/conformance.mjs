// The official conformance suite against `examples/everything` in raw workerd.

import { passes, REQUIREMENTS, STABLE } from "./lib/conformance.mjs";
import { agent, scratch } from "./lib/tools.mjs";
import { startWorker } from "./lib/workerd.mjs";

const home = scratch("conformance");
const worker = await startWorker(agent("everything"), { name: "everything" });
let passed = true;
for (const suite of [...REQUIREMENTS, STABLE]) passed = (await passes(suite, `${worker.url}/mcp`, home)) && passed;
await worker.kill();
if (!passed) console.log(`what the checks say: ${home}\nthe Worker's log:\n${worker.stderr().slice(-10_000)}`);
process.exit(passed ? 0 : 1);
