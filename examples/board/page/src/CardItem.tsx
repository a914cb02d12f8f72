import { type RefObject, useEffect, useRef } from "react";
import { Avatar } from "./Avatar";
import { type Card, type ColumnName, COLUMNS, removed } from "./board";
import { DRAGGED } from "./Column";
import type { Act } from "./Desk";

interface Props {
  card: Card;
  column: ColumnName;
  held: RefObject<number | undefined>;
  move: (id: number, to: ColumnName) => void;
  act: Act;
}

export function CardItem({ card, column, held, move, act }: Props) {
  const item = useRef<HTMLLIElement>(null);
  const { id, text, by } = card;
  const at = COLUMNS.findIndex(({ name }) => name === column);

  // In another column it is another element.
  useEffect(() => {
    if (held.current !== id) return;
    held.current = undefined;
    item.current?.focus();
  }, [held, id]);

  const step = (sign: string, by: -1 | 1) => {
    const to = COLUMNS[at + by];
    if (to === undefined) return null;
    const go = () => {
      held.current = id;
      move(id, to.name);
    };
    return <Button sign={sign} says={`Move “${text}” to ${to.title}`} onClick={go} />;
  };

  return (
    <li ref={item} className="card" tabIndex={-1} data-card={id} draggable onDragStart={({ dataTransfer }) => dataTransfer.setData(DRAGGED, String(id))}>
      <p>{text}</p>
      <div className="foot">
        <Avatar name={by} />
        <span className="by">{by}</span>
        {step("←", -1)}
        {step("→", 1)}
        <Button sign="×" says={`Throw “${text}” away`} onClick={() => act((board) => removed(board, id), (stub) => stub.remove_card({ id }))} />
      </div>
    </li>
  );
}

function Button({ sign, says, onClick }: { sign: string; says: string; onClick: () => void }) {
  return (
    <button className="icon" title={says} onClick={onClick}>
      <span aria-hidden="true">{sign}</span>
      <span className="unseen">{says}</span>
    </button>
  );
}
