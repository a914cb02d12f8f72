import { type FormEvent, useState } from "react";
import { added, type Me } from "./board";
import type { Act } from "./Desk";

export function NewCard({ me, act }: { me?: Me; act: Act }) {
  const [text, setText] = useState("");

  const add = (event: FormEvent) => {
    event.preventDefault();
    const what = text.trim();
    if (what === "") return;
    act((board) => added(board, what, me?.name ?? ""), (stub) => stub.add_card({ text: what }));
    setText("");
  };

  return (
    <form className="new" onSubmit={add}>
      <label>
        <span className="unseen">What is to be done</span>
        <input value={text} maxLength={200} placeholder="Add a card" onChange={(event) => setText(event.target.value)} />
      </label>
      <button className="main">Add</button>
    </form>
  );
}
