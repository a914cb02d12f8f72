import { type DragEvent, type RefObject, useState } from "react";
import { type Card, type ColumnName, type Me, moved } from "./board";
import { CardItem } from "./CardItem";
import { ClearDone } from "./ClearDone";
import type { Act } from "./Desk";
import { NewCard } from "./NewCard";

interface Props {
  name: ColumnName;
  title: string;
  cards?: Card[];
  me?: Me;
  held: RefObject<number | undefined>;
  act: Act;
}

/** What is dragged, by its id. */
export const DRAGGED = "application/x-board-card";

export function Column({ name, title, cards, me, held, act }: Props) {
  const [over, setOver] = useState(false);

  const move = (id: number, to: ColumnName, before?: number) =>
    act((board) => moved(board, id, to, before), (stub) => stub.move_card({ id, to, before }));

  const entered = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes(DRAGGED)) return;
    event.preventDefault();
    setOver(true);
  };

  const dropped = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const id = Number(event.dataTransfer.getData(DRAGGED));
    const before = Number((event.target as Element).closest<HTMLElement>("[data-card]")?.dataset.card) || undefined;
    if (id && id !== before) move(id, name, before);
  };

  return (
    <section className={over ? `column ${name} over` : `column ${name}`} aria-labelledby={`column-${name}`} onDragOver={entered} onDragLeave={() => setOver(false)} onDrop={dropped}>
      <h2 id={`column-${name}`}>
        {title} <span className="count">{cards?.length}</span>
      </h2>
      <ul>
        {cards?.map((card) => (
          <CardItem key={card.id} card={card} column={name} held={held} move={move} act={act} />
        ))}
      </ul>
      {cards?.length === 0 && <p className="empty">Nothing here</p>}
      {name === "to_do" && <NewCard me={me} act={act} />}
      {name === "done" && cards !== undefined && cards.length > 0 && <ClearDone act={act} />}
    </section>
  );
}
