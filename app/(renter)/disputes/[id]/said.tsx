import type { ReactNode } from 'react';
import { Panel } from '#components/ui/panel.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';

type SaidProps = { who: string; text: string | null; at: Date | null; nothing: ReactNode };

/** What one side says, in its own words and lines. */
export function Said({ who, text, at, nothing }: SaidProps) {
  return (
    <Panel title={who} actions={at !== null && <span className="text-muted text-sm">{<TimeAgo at={at} />}</span>}>
      {text === null ? (
        <p className="text-muted">{nothing}</p>
      ) : (
        <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">{text}</p>
      )}
    </Panel>
  );
}
