// `node write-agent.mjs FOLDER COUNT` writes what a user would have written for an agent with COUNT tools: FOLDER/mcp.toml and FOLDER/src/lib.rs.

import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { declaration, handlers } from "./many.mjs";

const [folder, count] = process.argv.slice(2);
mkdirSync(join(folder, "src"), { recursive: true });
writeFileSync(join(folder, "mcp.toml"), declaration(basename(folder), Number(count)));
writeFileSync(join(folder, "src/lib.rs"), handlers(Number(count)));
