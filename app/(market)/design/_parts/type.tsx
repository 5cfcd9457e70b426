import { Part } from './part.tsx';

const SIZES = [
  ['display', 'font-medium text-display'],
  ['3xl', 'font-semibold text-3xl'],
  ['2xl', 'font-semibold text-2xl'],
  ['xl', 'font-semibold text-xl'],
  ['lg', 'font-semibold text-lg'],
  ['base', 'text-base'],
  ['sm', 'text-sm'],
  ['xs', 'text-xs'],
] as const;

export function TypeParts() {
  return (
    <Part title="Type">
      <dl className="space-y-3">
        {SIZES.map(([name, look]) => (
          <div key={name} className="flex flex-col gap-x-6 sm:flex-row sm:items-baseline">
            <dt className="w-16 shrink-0 text-muted text-sm">{name}</dt>
            <dd className={`min-w-0 ${look}`}>8 × RTX 4090 at $0.346 a GPU-hour</dd>
          </div>
        ))}
        <div className="flex flex-col gap-x-6 sm:flex-row sm:items-baseline">
          <dt className="w-16 shrink-0 text-muted text-sm">mono</dt>
          <dd className="min-w-0 font-mono text-sm [overflow-wrap:anywhere]">ssh -p 22041 root@gateway.example</dd>
        </div>
      </dl>
      <p className="max-w-[44rem]">
        Running text is 14 px and says one thing after the other. A{' '}
        <a href="#main" className="link">
          link in it
        </a>{' '}
        is underlined, so that colour is not the only sign.
      </p>
    </Part>
  );
}
