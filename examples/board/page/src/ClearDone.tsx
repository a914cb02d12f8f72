import type { Act } from "./Desk";

/** For leads. The Worker says so to everybody else. */
export function ClearDone({ act }: { act: Act }) {
  return (
    <button className="clear" onClick={() => act((board) => ({ ...board, done: [] }), (stub) => stub.clear_done())}>
      Clear what is done
    </button>
  );
}
