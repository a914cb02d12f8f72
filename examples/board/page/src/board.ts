// The board as the page sees it. What it is, and which tools there are, `mcp-gen sync` has written down: `agent.d.ts`.

import type { Agent, State, types } from "../../agent";

export type { Agent };
export type Board = State;
export type Card = types.Card;
export type ColumnName = "to_do" | "doing" | "done";
export type Me = Awaited<ReturnType<Agent["whoami"]>>;

export const COLUMNS: { name: ColumnName; title: string }[] = [
  { name: "to_do", title: "To do" },
  { name: "doing", title: "Doing" },
  { name: "done", title: "Done" },
];

function without(board: Board, id: number): Board {
  const left = (name: ColumnName) => board[name].filter((card) => card.id !== id);
  return { ...board, to_do: left("to_do"), doing: left("doing"), done: left("done") };
}

// What each tool will come to: shown at once, until the Worker has answered.

export function added(board: Board, text: string, by: string): Board {
  return { ...board, to_do: [...board.to_do, { id: board.next, text, by }], next: board.next + 1 };
}

export function removed(board: Board, id: number): Board {
  return without(board, id);
}

export function moved(board: Board, id: number, to: ColumnName, before?: number): Board {
  const card = COLUMNS.flatMap(({ name }) => board[name]).find((card) => card.id === id);
  if (card === undefined) return board;
  const rest = without(board, id);
  const found = rest[to].findIndex((other) => other.id === before);
  return { ...rest, [to]: rest[to].toSpliced(found < 0 ? rest[to].length : found, 0, card) };
}
