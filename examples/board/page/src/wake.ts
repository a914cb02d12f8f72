// A computer that slept may hold a connection that is long dead, and nobody tells it.

const SLEPT_MS = 20_000;

/** Calls back when the network is there again, and when somebody looks at the page who has not for a while. */
export function onWake(run: () => void): () => void {
  let away = Date.now();
  const looked = () => {
    if (document.visibilityState === "hidden") away = Date.now();
    else if (Date.now() - away > SLEPT_MS) run();
  };
  document.addEventListener("visibilitychange", looked);
  addEventListener("online", run);
  return () => {
    document.removeEventListener("visibilitychange", looked);
    removeEventListener("online", run);
  };
}
