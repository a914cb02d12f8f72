// What was refused, in the Worker's words, until it has been read.

import { useEffect } from "react";

const READ_MS = 8000;

export interface Notice {
  id: number;
  text: string;
}

interface Props {
  notices: Notice[];
  onDismiss: (id: number) => void;
}

export function Notices({ notices, onDismiss }: Props) {
  return (
    <div className="notices" role="alert">
      {notices.map((notice) => (
        <One key={notice.id} notice={notice} onDismiss={onDismiss} />
      ))}
    </div>
  );
}

function One({ notice, onDismiss }: { notice: Notice; onDismiss: (id: number) => void }) {
  useEffect(() => {
    const timer = setTimeout(() => onDismiss(notice.id), READ_MS);
    return () => clearTimeout(timer);
  }, [notice.id, onDismiss]);
  return (
    <p className="notice">
      {notice.text}
      <button className="icon" onClick={() => onDismiss(notice.id)}>
        <span aria-hidden="true">×</span>
        <span className="unseen">Dismiss</span>
      </button>
    </p>
  );
}
