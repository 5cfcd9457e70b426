import type { JobCounts } from '#lib/jobs/job.ts';

const PARTS = [
  ['succeeded', 'bg-good-ink'],
  ['failed', 'bg-bad-ink'],
  ['cancelled', 'bg-line-control'],
  ['expired', 'bg-warn-ink'],
  ['running', 'bg-info-ink'],
  ['placed', 'bg-info-line'],
] as const satisfies readonly (readonly [keyof JobCounts, string])[];

/** How far an array has come, as one bar: what ended by how it ended, what runs, and the rest waits. `words` says the same. */
export function CountsBar({ counts, words }: { counts: JobCounts; words: string }) {
  return (
    <span
      role="img"
      aria-label={words}
      className="my-1.5 flex h-1.5 w-full max-w-40 overflow-hidden rounded-full bg-line"
    >
      {PARTS.map(([part, look]) =>
        counts[part] === 0 ? null : (
          <span key={part} className={`min-w-px ${look}`} style={{ flexGrow: counts[part], flexBasis: 0 }} />
        ),
      )}
      {counts.waiting > 0 && <span style={{ flexGrow: counts.waiting, flexBasis: 0 }} />}
    </span>
  );
}
