// The line to the Worker. It draws nothing: `useAgent` suspends while it waits for a ticket, and the board stays on the screen meanwhile.

import { useAgent } from "agents/react";
import { useCallback, useEffect } from "react";
import type { Agent, Board } from "./board";
import { ticket } from "./ticket";
import { onWake } from "./wake";

const ANSWER_MS = 3000;

export type Connection = ReturnType<typeof useAgent<Agent, Board>>;

interface Props {
  onAgent: (agent: Connection) => void;
  onBoard: (board: Board) => void;
  onLine: (online: boolean) => void;
  /** What the page set is not what the Worker has. */
  onRefusal: (reason: string) => void;
  /** There is no board for whoever asks. */
  onNoBoard: (reason: string) => void;
}

export function Line({ onAgent, onBoard, onLine, onRefusal, onNoBoard }: Props) {
  const query = useCallback(() => ticket(onNoBoard), [onNoBoard]);
  const agent = useAgent<Agent, Board>({
    agent: "board",
    name: "me",
    query,
    onStateUpdate: onBoard,
    onStateUpdateError: onRefusal,
    onIdentity: () => onLine(true),
    onClose: () => onLine(false),
  });
  useEffect(() => onAgent(agent), [agent, onAgent]);
  useEffect(() => onWake(() => agent.call("whoami", [], { timeout: ANSWER_MS }).catch(() => agent.reconnect())), [agent]);
  return null;
}
