import { Mark } from '#components/shell/mark.tsx';
import { Wordmark } from '#components/shell/wordmark.tsx';
import { Part } from './part.tsx';

const GROUNDS = [
  ['canvas', 'bg-canvas'],
  ['surface', 'bg-surface'],
  ['raised', 'bg-raised'],
  ['sunken', 'bg-sunken'],
  ['hover', 'bg-hover'],
  ['line', 'bg-line'],
  ['line-control', 'bg-line-control'],
  ['muted', 'bg-muted'],
  ['ink', 'bg-ink'],
] as const;

const TONES = [
  ['accent', 'border-accent-line bg-accent-soft text-accent-ink'],
  ['good', 'border-good-line bg-good-soft text-good-ink'],
  ['warn', 'border-warn-line bg-warn-soft text-warn-ink'],
  ['bad', 'border-bad-line bg-bad-soft text-bad-ink'],
  ['info', 'border-info-line bg-info-soft text-info-ink'],
] as const;

export function ColourParts() {
  return (
    <Part title="Mark and colour">
      <div className="flex flex-wrap items-center gap-8 rounded-xl border border-line bg-surface p-6">
        <Mark className="size-24" />
        <Mark className="size-10" />
        <Mark className="size-4" />
        <Wordmark className="h-10" />
        <Wordmark className="h-6" />
      </div>
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(7rem,100%),1fr))] gap-3">
        {GROUNDS.map(([name, ground]) => (
          <li key={name} className="text-sm">
            <span className={`mb-1 block h-12 rounded-md border border-line ${ground}`} />
            {name}
          </li>
        ))}
        <li className="text-sm">
          <span className="mb-1 flex h-12 items-center justify-center rounded-md bg-accent font-medium text-on-accent">
            Aa
          </span>
          accent
        </li>
        <li className="text-sm">
          <span className="mb-1 flex h-12 items-center justify-center rounded-md bg-bad font-medium text-on-bad">
            Aa
          </span>
          bad
        </li>
        {TONES.map(([name, look]) => (
          <li key={name} className="text-sm">
            <span className={`mb-1 flex h-12 items-center justify-center rounded-md border font-medium ${look}`}>
              Aa
            </span>
            {name} soft
          </li>
        ))}
      </ul>
    </Part>
  );
}
