// Derived by `mcp-gen sync`: change the declaration instead.
// For pages: `new AgentClient<Agent>({ … })`, `useAgent<Agent, State>({ … })`.

/** What the agent keeps. */
export interface State {
  /** A page may set it. */
  title: string;
  to_do: types.Card[];
  doing: types.Card[];
  done: types.Card[];
  next: number;
}

/** The agent: its state, and its tools as pages call them. */
export interface Agent {
  readonly state: State;
  /** Who you are, and of which team. */
  whoami(): Promise<{
    name: string;
    org?: string;
  }>;
  /** The board: its title, and its cards by column, the next one first. */
  show_board(): Promise<{
    title: string;
    to_do: types.Card[];
    doing: types.Card[];
    done: types.Card[];
  }>;
  /** Add a card at the end of what is to do. */
  add_card(args: {
    /** What is to be done */
    text: string;
  }): Promise<{
    id: number;
  }>;
  /** Move a card to a column, or within one. */
  move_card(args: {
    /** Which card */
    id: number;
    /** The column */
    to: "to_do" | "doing" | "done";
    /** The card of that column that it goes before; the end, without one */
    before?: number;
  }): Promise<string>;
  /** Throw a card away. */
  remove_card(args: {
    /** Which card */
    id: number;
  }): Promise<string>;
  /** Throw away all that is done. */
  clear_done(): Promise<string>;
}

/** The types that both speak of. */
export namespace types {
  interface Card {
    id: number;
    text: string;
    /** Who touched it last */
    by: string;
  }
}
