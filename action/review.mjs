// What the action does: runs `mcp-gen diff` and `mcp-gen check`, annotates the lines of the pull request, and keeps one comment in it.
//
// Needs Node 20 or later and nothing else. What is read of a change is data here: it is given to programs as arguments and to GitHub as JSON.

import { spawnSync } from "node:child_process";
import { appendFileSync, readFileSync } from "node:fs";

const { env } = process;
const program = env.MCP_GEN || "mcp-gen";
const project = env.MCP_GEN_PROJECT || ".";

/** Runs `mcp-gen`, and gives what it said. It fails the action where it could not run. */
function run(...args) {
  const { error, status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", maxBuffer: 64 << 20 });
  if (error) throw error;
  return { status, stdout, stderr };
}

/** `mcp-gen diff` in one format. */
function diff(format) {
  const base = env.MCP_GEN_BASE ? [env.MCP_GEN_BASE] : [];
  return run("diff", ...base, "--project", project, "--format", format);
}

/** A line that GitHub shows as an error. */
const annotation = (text) => `::error::${text.trim().replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A")}`;

/** A request to GitHub. */
async function github(method, url, body) {
  const response = await fetch(url, {
    method,
    headers: {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${env.GITHUB_TOKEN}`,
      "content-type": "application/json",
      "user-agent": "mcp-gen",
      "x-github-api-version": "2022-11-28",
    },
    body: body && JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${new URL(url).pathname}: ${response.status} ${(await response.text()).slice(0, 200)}`);
  const next = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get("link") ?? "")?.[1];
  return { value: await response.json(), next };
}

/** The number of the pull request that the workflow runs for. */
function pullRequest() {
  if (!env.GITHUB_EVENT_PATH) return undefined;
  return JSON.parse(readFileSync(env.GITHUB_EVENT_PATH, "utf8")).pull_request?.number;
}

/** Writes the comment, or writes it anew. One project has one comment. */
async function comment(text, number) {
  const mark = `${text.split("\n", 1)[0].replace(" -->", "")} ${JSON.stringify(project).replaceAll("-->", "")} -->`;
  const body = text.replace(/^[^\n]*/, () => mark);
  const api = `${env.GITHUB_API_URL ?? "https://api.github.com"}/repos/${env.GITHUB_REPOSITORY}`;
  let url = `${api}/issues/${number}/comments?per_page=100`;
  while (url) {
    const { value, next } = await github("GET", url);
    // Somebody else's comment cannot be changed, whatever it begins with.
    const ours = value.find((it) => it.body?.startsWith(mark) && it.user?.type === "Bot");
    if (ours) return github("PATCH", `${api}/issues/comments/${ours.id}`, { body });
    url = next;
  }
  return github("POST", `${api}/issues/${number}/comments`, { body });
}

const told = diff("markdown");
if (told.status === 2) {
  console.log(annotation(told.stderr || "mcp-gen diff could not compare"));
  process.exit(2);
}
process.stdout.write(diff("github").stdout);
const machine = JSON.parse(diff("json").stdout);
if (env.GITHUB_OUTPUT) appendFileSync(env.GITHUB_OUTPUT, `errors=${machine.errors ?? 0}\nnext=${machine.next ?? ""}\n`);
if (env.GITHUB_STEP_SUMMARY) appendFileSync(env.GITHUB_STEP_SUMMARY, told.stdout);
const number = pullRequest();
if (number !== undefined && env.MCP_GEN_COMMENT !== "false" && told.stdout.startsWith("<!--")) {
  try {
    await comment(told.stdout, number);
  } catch (error) {
    // The token of a pull request from a fork may only read: the annotations and the summary say the same.
    console.log(`::warning::no comment was written: ${error.message.replaceAll("\n", " ")}`);
  }
}
const checked = run("check", project);
if (checked.status !== 0) console.log(annotation(checked.stderr || "mcp-gen check found something"));
process.exit(Math.max(told.status ?? 2, checked.status ?? 2));
