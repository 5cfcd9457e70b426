import { Info } from 'lucide-react';
import { Hint } from './hint.tsx';

/** A small "i" beside a word, explaining it on hover, focus and tap. `about` names it: "About reliability". */
export function InfoTip({ about, text }: { about: string; text: string }) {
  return (
    <Hint text={text}>
      <button
        type="button"
        aria-label={`About ${about}`}
        className="-my-1 inline-flex size-6 items-center justify-center rounded-sm align-middle text-muted hover:text-ink"
      >
        <Info aria-hidden className="size-3.5" />
      </button>
    </Hint>
  );
}
