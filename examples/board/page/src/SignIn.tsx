import { useState } from "react";
import { signIn } from "./session";

export function SignIn({ failed }: { failed?: string }) {
  const [problem, setProblem] = useState(failed);
  const [leaving, setLeaving] = useState(false);

  const leave = () => {
    setLeaving(true);
    signIn().catch((error) => {
      setLeaving(false);
      setProblem(String(error));
    });
  };

  return (
    <main className="door">
      <img src="/board.svg" alt="" width="56" height="56" />
      <h1>Board</h1>
      <p>The cards of your team: moved by hand on this page, or by a model over MCP. Everybody sees each change at once.</p>
      {problem !== undefined && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      <button className="main" onClick={leave} disabled={leaving}>
        Sign in
      </button>
    </main>
  );
}
