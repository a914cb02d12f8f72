// Runs in workerd, in front of a Worker: serves its static assets, as much like Cloudflare as a page needs. What is a file of `FILES` is answered with
// it and the headers that `_headers` has for it; all else is for the Worker.

const TYPES = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};
const HEADERS = "/_headers";

/** A file, or null. What the disk answers for a folder is a list as JSON. */
async function file(files, path, method = "GET") {
  const answer = await files.fetch(`http://files${path}`, { method });
  return answer.ok && answer.headers.get("content-type") === "application/octet-stream" ? answer : null;
}

async function textOf(answer) {
  return answer === null ? "" : new TextDecoder().decode(await answer.arrayBuffer());
}

/** The lines of `_headers`: a pattern of paths, and indented below it the headers that they get. */
function* rules(text) {
  let applies = () => false;
  for (const line of text.split("\n")) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    if (/^\s/.test(line)) {
      const colon = line.indexOf(":");
      yield { applies, name: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() };
    } else {
      const [begin, end] = line.trim().split("*");
      applies = (path) => (end === undefined ? path === begin : path.startsWith(begin) && path.endsWith(end));
    }
  }
}

export default {
  async fetch(request, { FILES, WORKER }) {
    const { pathname } = new URL(request.url);
    const path = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
    const reads = request.method === "GET" || request.method === "HEAD";
    const found = reads && path !== HEADERS ? await file(FILES, path, request.method) : null;
    if (found === null) return WORKER.fetch(request);
    const headers = new Headers({
      "content-type": TYPES[path.split(".").at(-1)] ?? "application/octet-stream",
      "cache-control": "public, max-age=0, must-revalidate",
    });
    const declared = await file(FILES, HEADERS);
    for (const { applies, name, value } of rules(await textOf(declared))) {
      if (applies(pathname)) headers.set(name, value);
    }
    return new Response(found.body, { headers });
  },
};
