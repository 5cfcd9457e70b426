import { EmptyState } from '#components/ui/empty-state.tsx';
import { LinkButton } from '#components/ui/link-button.tsx';
import { Panel } from '#components/ui/panel.tsx';
import type { Rental } from '#lib/bookings/rental.ts';

/** Why there is nothing to connect to now, and what there is instead. */
export function NoWayIn({ rental }: { rental: Rental }) {
  const [title, sentence] = wordsFor(rental);
  return (
    <Panel title="Connect">
      <EmptyState
        kind="off"
        title={title}
        action={
          rental.startedAt !== null && <LinkButton href={`/bookings/${rental.id}/logs`}>What it printed</LinkButton>
        }
      >
        {sentence}
      </EmptyState>
    </Panel>
  );
}

function wordsFor({ endedAt, desired, ahead, start, reason }: Rental): [title: string, sentence: string] {
  if (endedAt !== null) return ['It has ended', 'Its disk is deleted. Logs, events and the bill stay.'];
  if (desired === 'ended') return ['It is ending', 'The machine removes it now.'];
  if (ahead) return ['It has not begun', 'The way in is shown here when its window begins and the shell answers.'];
  if (reason === 'interrupted')
    return ['It is interrupted', 'Its disk is kept, and it goes on by itself when its bid wins.'];
  if (desired === 'stopped' && start?.whyNot === null)
    return ['It is stopped', 'Its disk is kept. Start it, and the way in is shown here.'];
  return ['Nothing to connect to now', 'The way in is shown here when the shell answers.'];
}
