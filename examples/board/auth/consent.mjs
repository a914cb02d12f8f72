// Derived by `mcp-gen sync`. The page that asks whether an application may: change the declaration instead, or give `[auth] consent` a
// template of your own.
//
// A template says where things go, with holes that are filled and escaped here: `{{ client }}` the name that the application gave itself,
// `{{ server }}` this server's, `{{ redirect_host }}` where the access is sent, `{{ notes }}` what is known of the application and the warning
// about programs on this computer, `{{ form }}` the scopes, the password if there is one, Allow and Deny.

import { isLoopback } from "./cookies.mjs";
import { html, layout, page, visible } from "./page.mjs";

/** The most that a posted form may be, in bytes. */
const MAX_FORM = 16 << 10;

const TEMPLATE = layout(`<p class="server">{{ server }}</p>
<h1>Let <bdi>{{ client }}</bdi> use {{ server }}?</h1>
{{ notes }}
{{ form }}`);

// Each scope that is declared, and its words.
function catalogue({ scopes, required }) {
  const known = new Map(scopes);
  return [...scopes, ...required.filter((scope) => !known.has(scope)).map((scope) => [scope, scope])];
}

/** The scopes to ask for: those wanted that are declared, and those that nothing works without. All that are declared if that is none. */
export function offered(declared, wanted) {
  const all = catalogue(declared).map(([scope]) => scope);
  const asked = all.filter((scope) => wanted.includes(scope) || declared.required.includes(scope));
  return asked.length > 0 ? asked : all;
}

/** What the user let it have. The page cannot leave out what nothing works without, and cannot add what is not declared. */
export function granted(declared, form) {
  const ticked = form.getAll("scope");
  return catalogue(declared).map(([scope]) => scope).filter((scope) => ticked.includes(scope) || declared.required.includes(scope));
}

/**
 * The page. `about` is what the library knows of the request, `ask` what is asked besides: `password`, `next` (who signs the user in), `days`
 * for which the answer may be remembered, and after a try that failed its `problem` and what was `ticked`.
 */
export function consentPage(declared, about, handle, action, ask, answer) {
  const values = {
    title: `Let ${nameOf(about)} use ${declared.name}?`,
    client: nameOf(about),
    server: declared.name,
    redirect_host: new URL(about.redirectUri).host,
    notes: notes(about),
    form: form(declared, about, handle, action, ask),
  };
  return page(declared.consent ?? TEMPLATE, values, answer);
}

export function nameOf({ clientName, clientId }) {
  return visible(clientName) || visible(clientId) || "An application without a name";
}

function notes(about) {
  const { host } = new URL(about.redirectUri);
  const publisher =
    about.clientDomain === undefined
      ? html`Unknown <small>It registered itself: nobody has checked its name.</small>`
      : html`<b>${about.clientDomain}</b> <small>The name is what this site says.</small>`;
  const warning = html`<p class="warning"><strong>This lets in a program on your computer.</strong> Any program here can give itself
a name. Go on only if you started this sign-in yourself, just now.</p>
`;
  return html`<dl class="facts">
<div><dt>Published by</dt><dd>${publisher}</dd></div>
<div><dt>Sends you to</dt><dd><b>${host}</b></dd></div>
</dl>
${isLoopback(about.redirectUri) && warning}`;
}

function form(declared, about, handle, action, ask) {
  return html`<form method="post" action="${action}">
<input type="hidden" name="handle" value="${handle}">
${scopes(declared, about, ask)}${ask.password && password(ask)}${ask.days > 0 && remember(ask)}${
    ask.next !== undefined && html`<p class="quiet">If you allow it, you sign in with ${ask.next} next.</p>
`
  }<div class="actions">
<button class="main" name="decision" value="allow">Allow</button>
<button name="decision" value="deny" formnovalidate>Deny</button>
</div>
</form>`;
}

function scopes(declared, about, ask) {
  const lines = catalogue(declared).filter(([scope]) => about.scope.includes(scope));
  if (lines.length === 0) {
    return html`<p>It will be able to use ${declared.name} in your name.</p>
`;
  }
  const each = lines.map(([scope, words]) => {
    const needed = declared.required.includes(scope);
    const ticked = needed || (ask.ticked ?? about.scope).includes(scope);
    return html`<li><label class="choice"><input type="checkbox" name="scope" value="${scope}"${ticked && html` checked`}${needed && html` disabled`}>
<span>${words}<small>${scope}${needed && " · always needed"}</small></span></label></li>
`;
  });
  return html`<fieldset class="scopes"><legend>It will be able to</legend>
<ul>
${each}</ul></fieldset>
`;
}

function password({ problem }) {
  return html`<div class="field">
${problem !== undefined && html`<p class="problem" id="problem" role="alert">${problem}</p>
`}<input name="username" autocomplete="username" value="owner" hidden>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required maxlength="1024"${
    problem === undefined ? html` aria-describedby="hint"` : html` aria-invalid="true" aria-describedby="problem hint" autofocus`
  }>
<p class="hint" id="hint">The one that whoever runs this server has set.</p>
</div>
`;
}

function remember({ days }) {
  return html`<label class="choice remember"><input type="checkbox" name="remember" value="yes">
<span>Do not ask again in this browser for ${days === 1 ? "a day" : `${days} days`}</span></label>
`;
}

/** The posted form, or nothing if it is none or too large. */
export async function posted(request) {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) return null;
  if (request.body === null) return new URLSearchParams();
  const parts = [];
  let size = 0;
  for await (const part of request.body) {
    size += part.byteLength;
    if (size > MAX_FORM) return null;
    parts.push(part);
  }
  return new URLSearchParams(await new Blob(parts).text());
}
