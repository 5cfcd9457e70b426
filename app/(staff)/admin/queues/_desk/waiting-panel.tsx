'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { arrivals } from '#lib/desk/arrival.ts';
import { CaseList, type ListedCase } from './case-list.tsx';

type WaitingPanelProps = { cases: readonly ListedCase[]; waiting: number; label: string; now: string };

/** What waits in a queue that has something in it. What comes meanwhile is counted beside the title, and joins the list when that is pressed. */
export function WaitingPanel({ cases, waiting, label, now }: WaitingPanelProps) {
  const [known, setKnown] = useState<ReadonlySet<string>>(() => idsOf(cases));
  const fresh = arrivals(cases, known, waiting <= cases.length);
  const hidden = idsOf(fresh);
  return (
    <Panel
      flush
      title={`${waiting} ${waiting === 1 ? 'waits' : 'wait'}`}
      actions={
        <span role="status" className="flex h-6 items-center">
          {fresh.length > 0 && (
            <Button size="sm" variant="secondary" onClick={() => setKnown(idsOf(cases))}>
              {fresh.length} new: show
            </Button>
          )}
        </span>
      }
    >
      <CaseList label={label} now={now} cases={cases.filter(({ id }) => !hidden.has(id))} />
    </Panel>
  );
}

function idsOf(cases: readonly { readonly id: string }[]): ReadonlySet<string> {
  return new Set(cases.map(({ id }) => id));
}
