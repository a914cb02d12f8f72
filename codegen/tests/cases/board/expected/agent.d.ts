// Derived by `mcp-gen sync`: change the declaration instead.
// For pages: `new AgentClient<Agent>({ … })`, `useAgent<Agent, State>({ … })`.

/** What the agent keeps. */
export interface State {
  /** What the board is about. A page may set it. */
  title: string;
  /** A page may set it. */
  cards: types.Card[];
  done: number;
  last?: {
    who: string;
    at: number;
  };
}

/** The agent: its state, and its tools as pages call them. */
export interface Agent {
  readonly state: State;
  /** Add a card. */
  add(args: {
    text: string;
    labels?: ("red" | "blue")[];
  }): Promise<{
    place: number;
    card: types.Card;
  }>;
  /** Find cards. Any: *​/ */
  "find-cards"(args?: {
    /** What is in their text. */
    words?: string;
  }): Promise<string>;
  /** What this is. */
  about(): Promise<unknown>;
}

/** The types that both speak of. */
export namespace types {
  /** A thing to do. */
  interface Card {
    text: string;
    state: "to-do" | "done";
    due?: string;
  }
}
