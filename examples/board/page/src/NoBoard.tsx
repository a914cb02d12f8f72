import { signOut } from "./session";

/** For whoever the Worker knows, and has no board for. */
export function NoBoard({ reason }: { reason: string }) {
  return (
    <main className="door">
      <h1>No board here</h1>
      <p role="alert">The Worker says: {reason}.</p>
      <button onClick={() => signOut().catch(() => {})}>Sign out</button>
    </main>
  );
}
