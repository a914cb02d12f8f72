// Derived by `mcp-gen sync`. The pages that people see while they sign in: change the declaration instead.
//
// Plain HTML without scripts. Whatever comes from outside is text here: it is cleaned of what cannot be seen, and escaped.

const encoder = new TextEncoder();

/** Text as HTML, in elements and in quoted attributes. */
export function escaped(text) {
  return String(text).replaceAll(/[&<>"'`]/g, (char) => `&#${char.charCodeAt(0)};`);
}

// What turns the text around it, or shows nothing at all: controls, formats (bidirectional ones, joiners, tags), lines, private and
// unassigned ones, halves of pairs, fillers and blanks.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu;

/** A name that a stranger chose, on one line and not too long: what is read is what is there. */
export function visible(text, length = 60) {
  const line = String(text)
    .slice(0, 2000)
    .normalize("NFC")
    .replaceAll(/[\t\n\r]/g, " ")
    .replaceAll(UNSEEN, "")
    .replaceAll(/(\p{M}{2})\p{M}+/gu, "$1") // letters under towers of accents
    .replaceAll(/\s+/gu, " ")
    .trim();
  const letters = [...line];
  return letters.length > length ? `${letters.slice(0, length - 1).join("").trimEnd()}…` : line;
}

/** A template with its holes filled, once: what is filled in is never looked at again. Values that are no `html` are escaped. */
export function filled(template, values) {
  return template.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, hole) => {
    const value = values[hole] ?? "";
    return value instanceof Markup ? value.html : escaped(value);
  });
}

class Markup {
  constructor(html) {
    this.html = html;
  }
}

/** HTML of ours, with escaped values: html`<b>${name}</b>`. Lists are joined. */
export function html(parts, ...values) {
  const text = (value) => {
    if (value instanceof Markup) return value.html;
    if (Array.isArray(value)) return value.map(text).join("");
    return value === undefined || value === null || value === false ? "" : escaped(value);
  };
  return new Markup(parts.reduce((whole, part, at) => whole + text(values[at - 1]) + part));
}

// A style is let in by what it says, so that nothing that slips into a page may bring another.
const hashes = new Map();
async function styleSources(template) {
  let sources = hashes.get(template);
  if (sources === undefined) {
    const styles = [...template.matchAll(/<style\b[^>]*>([\s\S]*?)<\/style\s*>/gi)];
    const each = styles.map(async ([, style]) => {
      const digest = await crypto.subtle.digest("SHA-256", encoder.encode(style.replaceAll(/\r\n?/g, "\n")));
      return `'sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}'`;
    });
    sources = (await Promise.all(each)).join(" ") || "'none'";
    hashes.set(template, sources);
  }
  return sources;
}

/** The answer to a browser. Nothing may frame it, store it, run in it, or learn from it where it was. */
export async function page(template, values, { status = 200, headers = {} } = {}) {
  const all = new Headers(headers);
  all.set("content-type", "text/html; charset=utf-8");
  all.set("cache-control", "no-store");
  all.set(
    "content-security-policy",
    `default-src 'none'; style-src ${await styleSources(template)}; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  );
  all.set("x-frame-options", "DENY");
  all.set("x-content-type-options", "nosniff");
  all.set("referrer-policy", "no-referrer");
  all.delete("location");
  return new Response(filled(template, values), { status, headers: all });
}

/** The frame of all pages that the user has not replaced. */
export const layout = (body) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
{{ refresh }}<title>{{ title }}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;

// Contrast is at least 4.5 to 1 for text and 3 to 1 for edges that tell something, in both schemes.
const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f3f4f7; --card: #fff; --line: #dfe2e8; --edge: #7b8494; --text: #171a21; --quiet: #59616f;
  --accent: #2257c9; --on-accent: #fff; --deep: #1a47a8; --soft: #f6f7fa;
  --warn: #fff7e3; --warn-line: #b98a1d; --warn-text: #4f3b06; --bad: #b3261e; --bad-ground: #fdeeed;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0e1116; --card: #171b22; --line: #2a303b; --edge: #77818f; --text: #e9ecf2; --quiet: #a6afbd;
    --accent: #8fb4ff; --on-accent: #0a1a3a; --deep: #b0caff; --soft: #1d222b;
    --warn: #2a2312; --warn-line: #a5842f; --warn-text: #f3e1b0; --bad: #ff9a92; --bad-ground: #2e1a1b;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem 1rem;
  background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", sans-serif;
}
main {
  width: 100%; max-width: 27rem; padding: 1.75rem; background: var(--card);
  border: 1px solid var(--line); border-radius: 1rem; box-shadow: 0 1px 2px rgb(0 0 0 / .05), 0 12px 32px rgb(0 0 0 / .07);
}
h1 { margin: 0 0 .75rem; font-size: 1.375rem; line-height: 1.3; letter-spacing: -.01em; overflow-wrap: anywhere; text-wrap: balance; }
p { margin: 0 0 .75rem; overflow-wrap: anywhere; }
main > :last-child { margin-bottom: 0; }
.server { margin: 0 0 1.25rem; padding-bottom: 1rem; border-bottom: 1px solid var(--line); color: var(--quiet); font-size: .875rem; font-weight: 600; }
.quiet, .hint { color: var(--quiet); font-size: .875rem; }
.facts { margin: 0 0 1rem; font-size: .9375rem; }
.facts div { display: grid; grid-template-columns: 6.5rem 1fr; gap: .75rem; padding: .3125rem 0; }
.facts dt { color: var(--quiet); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.facts small { display: block; color: var(--quiet); font-size: .8125rem; }
.warning { margin: 0 0 1rem; padding: .75rem .875rem; border-left: 4px solid var(--warn-line); border-radius: .375rem; background: var(--warn); color: var(--warn-text); font-size: .9375rem; }
.problem { margin: 0 0 1rem; padding: .75rem .875rem; border-left: 4px solid var(--bad); border-radius: .375rem; background: var(--bad-ground); color: var(--bad); font-weight: 600; }
fieldset { margin: 0 0 1rem; padding: 0; border: 1px solid var(--line); border-radius: .625rem; min-width: 0; }
legend { margin-bottom: .5rem; padding: 0; font-weight: 600; float: left; width: 100%; }
.scopes { border: 0; }
.scopes ul { clear: both; list-style: none; margin: 0; padding: 0; border: 1px solid var(--line); border-radius: .625rem; background: var(--soft); }
.scopes li + li { border-top: 1px solid var(--line); }
.choice { display: flex; gap: .75rem; align-items: flex-start; padding: .6875rem .875rem; cursor: pointer; }
.choice span { min-width: 0; overflow-wrap: anywhere; }
.choice small { display: block; color: var(--quiet); font-size: .8125rem; }
.scopes input, .remember input { flex: none; width: 1.125rem; height: 1.125rem; margin: .1875rem 0 0; accent-color: var(--accent); }
.remember { padding: .375rem 0; margin: 0 0 .75rem; font-size: .9375rem; }
.field { margin: 0 0 1rem; }
.field label { display: block; margin-bottom: .375rem; font-weight: 600; }
.field input { width: 100%; padding: .625rem .75rem; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--edge); border-radius: .5rem; }
.field input[aria-invalid] { border-color: var(--bad); border-width: 2px; }
.field .hint { margin: .375rem 0 0; }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.25rem 0 0; }
button, .button {
  flex: 1 1 8rem; min-height: 2.75rem; padding: .5rem 1rem; font: inherit; font-weight: 600; text-align: center; text-decoration: none;
  border-radius: .625rem; border: 1px solid var(--edge); background: transparent; color: var(--text); cursor: pointer;
}
button:hover { background: var(--soft); }
button.main, .button { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
button.main:hover, .button:hover { background: var(--deep); border-color: var(--deep); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
a { color: var(--accent); }
@media (max-width: 30rem) {
  body { place-items: start stretch; padding: .75rem; }
  main { padding: 1.25rem; }
}
@media (max-width: 20rem) {
  .facts div { grid-template-columns: 1fr; gap: 0; }
}
`;
