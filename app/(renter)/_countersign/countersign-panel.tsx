'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import { whyNoKey } from '#components/booking/client-key.ts';
import { Button } from '#components/ui/button.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { duration } from '#components/ui/instant.ts';
import { Panel } from '#components/ui/panel.tsx';
import type { Round, Standing } from './countersign-round.ts';

const EVERY_MS = 60_000;

type CountersignPanelProps = {
  bookingId: string;
  account: string;
  knownKeys: readonly string[];
  /** Up to which statement it was countersigned when the page was made; null for none. */
  agreed: number | null;
  /** The newest statement when the page was made, -1 before the first: the page is made again when something changes. */
  latest: number;
  /** No permit comes after this one. */
  over: boolean;
};

/** Countersigns while the page is open: when it was made again with a newer statement, and every minute. */
export function CountersignPanel({ bookingId, account, knownKeys, agreed, latest, over }: CountersignPanelProps) {
  const [standing, setStanding] = useState<Standing>(
    agreed === null ? { state: 'nothing' } : { state: 'agreed', sequence: agreed },
  );
  const busy = useRef(false);
  const keys = knownKeys.join(' ');

  const go = useCallback(
    async (more: Partial<Round> = {}) => {
      if (busy.current) return;
      busy.current = true;
      try {
        const why = whyNoKey();
        if (why !== null) return setStanding({ state: 'failed', sentence: why });
        const { countersignRound } = await import('./countersign-round.ts');
        setStanding(await countersignRound({ bookingId, account, knownKeys: keys.split(' '), ...more }));
      } finally {
        busy.current = false;
      }
    },
    [bookingId, account, keys],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: a newer statement is the reason to look again
  useEffect(() => {
    void go();
    const timer = setInterval(() => void go(), EVERY_MS);
    return () => clearInterval(timer);
  }, [go, latest]);

  return (
    <Panel
      title="Countersignature"
      description="Your browser checks what the machine states and agrees to it, by a key that never leaves it."
    >
      <div aria-live="polite" className="text-sm">
        <Said standing={standing} signed={latest >= 0} over={over} go={go} />
      </div>
    </Panel>
  );
}

type SaidProps = { standing: Standing; signed: boolean; over: boolean; go: (more: Partial<Round>) => Promise<void> };

function Said({ standing, signed, over, go }: SaidProps) {
  switch (standing.state) {
    case 'agreed':
      return <p>Countersigned up to statement {standing.sequence}.</p>;
    case 'nothing':
      return (
        <p className="text-muted">
          {signed
            ? 'Signed by the host’s machine only, so far.'
            : 'Nothing is signed so far: the machine signs what it delivers, from when the rental can be used.'}
        </p>
      );
    case 'unnamed':
      return (
        <p className="text-muted">
          This browser’s key is newer than the rental’s permit
          {over
            ? ', so it cannot countersign the rental any more.'
            : '. It countersigns once there is a new permit: when you extend or start the rental, or when its money is renewed.'}
        </p>
      );
    case 'failed':
      return <p className="text-muted">{standing.sentence}</p>;
    case 'revoked':
      return (
        <Callout
          tone="warn"
          title="This browser’s key does not count any more"
          action={
            <Button size="sm" onClick={() => void go({ anew: true })}>
              Make a new key
            </Button>
          }
        >
          {standing.sentence}
        </Callout>
      );
    case 'doubt':
      return (
        <Callout
          tone="warn"
          title="Not countersigned"
          action={
            standing.unseenSeconds > 0 && (
              <Button size="sm" onClick={() => void go({ vouchedSeconds: standing.unseenSeconds })}>
                I did use it
              </Button>
            )
          }
        >
          {standing.sentence}{' '}
          {standing.unseenSeconds > 0
            ? `If you used it in the ${duration(standing.unseenSeconds)} that this browser did not see, say so, and it agrees.`
            : 'Ask the host, and keep this page: you are billed by the machine’s word alone.'}
        </Callout>
      );
  }
}
