// The board of whoever is signed in. What is done is shown at once, and as the Worker has it when it has answered.

import { startTransition, Suspense, useCallback, useEffect, useOptimistic, useRef, useState } from "react";
import { type Board, COLUMNS, type Me } from "./board";
import { Column } from "./Column";
import { Header } from "./Header";
import { type Connection, Line } from "./Line";
import { NoBoard } from "./NoBoard";
import { type Notice, Notices } from "./Notices";

/** Shows what a change will come to, and has it done. */
export type Act = (change: (board: Board) => Board, work: (stub: Connection["stub"]) => Promise<unknown>) => void;

export function Desk() {
  const [agent, setAgent] = useState<Connection>();
  const [board, setBoard] = useState<Board>();
  const [online, setOnline] = useState(false);
  const [me, setMe] = useState<Me>();
  const [refused, setRefused] = useState<string>();
  const [notices, setNotices] = useState<Notice[]>([]);
  const [shown, show] = useOptimistic(board, (board, change: (board: Board) => Board) => board && change(board));
  // The card that somebody has just moved with the keyboard: it keeps the focus.
  const held = useRef<number>(undefined);

  const onAgent = useCallback((agent: Connection) => setAgent(() => agent), []);
  const notice = useCallback((text: string) => setNotices((notices) => [...notices, { id: performance.now(), text }]), []);
  const dismiss = useCallback((id: number) => setNotices((notices) => notices.filter((notice) => notice.id !== id)), []);

  useEffect(() => {
    if (agent !== undefined && online && me === undefined) agent.stub.whoami().then(setMe, ({ message }) => notice(message));
  }, [agent, online, me, notice]);

  const act: Act = (change, work) =>
    startTransition(async () => {
      show(change);
      await work(agent!.stub).catch(({ message }) => notice(message));
    });

  if (refused !== undefined) return <NoBoard reason={refused} />;
  return (
    <>
      <Suspense>
        <Line onAgent={onAgent} onBoard={setBoard} onLine={setOnline} onRefusal={notice} onNoBoard={setRefused} />
      </Suspense>
      <Header me={me} online={online} title={shown?.title} onTitle={(title) => agent!.setState({ ...board!, title })} />
      <main className="board" aria-busy={shown === undefined}>
        {COLUMNS.map(({ name, title }) => (
          <Column key={name} name={name} title={title} cards={shown?.[name]} me={me} held={held} act={act} />
        ))}
      </main>
      <Notices notices={notices} onDismiss={dismiss} />
    </>
  );
}
