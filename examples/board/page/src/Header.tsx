import { Avatar } from "./Avatar";
import type { Me } from "./board";
import { signOut } from "./session";
import { Title } from "./Title";

interface Props {
  me?: Me;
  online: boolean;
  title?: string;
  onTitle: (title: string) => void;
}

export function Header({ me, online, title, onTitle }: Props) {
  return (
    <header>
      <Title title={title} onTitle={onTitle} />
      <div className="who">
        <span className={online ? "line" : "line off"} role="status">
          {online ? "Live" : "Reconnecting…"}
        </span>
        {me && (
          <>
            <Avatar name={me.name} />
            <span className="me">
              <b>{me.name}</b>
              {me.org && <small>{me.org}</small>}
            </span>
          </>
        )}
        <button onClick={() => signOut().catch(() => {})}>Sign out</button>
      </div>
    </header>
  );
}
