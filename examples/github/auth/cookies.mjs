// Derived by `mcp-gen sync`. Cookies on http://localhost: change the declaration instead.
//
// What binds a sign-in to its browser is a cookie named `__Host-…`, which browsers keep over https alone. Where the Worker is tried on this
// computer, the same cookie goes without the prefix and without `Secure`. Over https nothing is translated: a cookie without the prefix,
// which a neighbouring host could have set, counts for nothing there.

const PREFIX = "__Host-oauth-";
const LOCAL = "local-oauth-";

/** Whether people reach the Worker at this URL from this computer alone. */
export function isLoopback(url) {
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname.endsWith(".localhost") || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function isTranslated(publicUrl) {
  return publicUrl.startsWith("http:") && isLoopback(publicUrl);
}

/** The request as the library wants to see it. */
export function inbound(request, publicUrl) {
  const cookies = request.headers.get("cookie");
  if (cookies === null || !isTranslated(publicUrl)) return request;
  const headers = new Headers(request.headers);
  headers.set("cookie", cookies.replaceAll(/(^|;\s*)local-oauth-/g, `$1${PREFIX}`));
  return new Request(request, { headers });
}

/** The response as a browser keeps it. */
export function outbound(response, publicUrl) {
  if (!isTranslated(publicUrl)) return response;
  const headers = new Headers(response.headers);
  headers.delete("set-cookie");
  for (const cookie of response.headers.getSetCookie()) {
    const kept = cookie.startsWith(PREFIX) ? LOCAL + cookie.slice(PREFIX.length).replace("; Secure", "") : cookie;
    headers.append("set-cookie", kept);
  }
  return new Response(response.body, { status: response.status, headers });
}
