// The one field of the state that a page sets itself: `writable` in mcp.toml. All else is done by tools.

import { type KeyboardEvent, useState } from "react";

interface Props {
  title?: string;
  onTitle: (title: string) => void;
}

export function Title({ title = "", onTitle }: Props) {
  // What is being typed. Without it, the title is what it is for everybody.
  const [draft, setDraft] = useState<string>();

  const done = () => {
    const next = draft?.trim();
    if (next && next !== title) onTitle(next);
    setDraft(undefined);
  };

  const pressed = ({ key, currentTarget }: KeyboardEvent<HTMLInputElement>) => {
    if (key === "Escape") setDraft(undefined);
    if (key === "Enter") currentTarget.blur();
  };

  return (
    <h1>
      <label>
        <span className="unseen">Title of the board</span>
        <input value={draft ?? title} maxLength={60} onChange={(event) => setDraft(event.target.value)} onBlur={done} onKeyDown={pressed} />
      </label>
    </h1>
  );
}
