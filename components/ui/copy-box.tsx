'use client';

import { Check, Copy } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import { buttonLook } from './button-look.ts';
import { cn } from './cn.ts';

type CopyBoxProps = {
  /** What it is: "SSH command". Shown above, and names the button. */
  label: string;
  text: string;
  /** Hides the label from the eye where the place says it already. */
  bare?: boolean | undefined;
  className?: string | undefined;
};

/** Something to paste elsewhere: mono text, kept to the character, with a button that copies it and says so. On a phone it wraps: all of it is seen. */
export function CopyBox({ label, text, bare, className }: CopyBoxProps) {
  const [said, say] = useState('');
  const labelId = useId();

  useEffect(() => {
    if (said === '') return;
    const timer = setTimeout(() => say(''), 2_500);
    return () => clearTimeout(timer);
  }, [said]);

  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      say('Copied');
    } catch {
      say('Select and copy by hand');
    }
  }

  return (
    <div className={cn('min-w-0', className)}>
      <p id={labelId} className={bare ? 'sr-only' : 'mb-1.5 font-medium text-sm'}>
        {label}
      </p>
      <div className="relative flex items-start rounded-md border border-line bg-sunken">
        <section
          aria-labelledby={labelId}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1)
          tabIndex={0}
          className="min-w-0 flex-1 overflow-x-auto rounded-md focus-visible:-outline-offset-2"
        >
          <pre className="px-3 py-2.5 font-mono text-sm leading-5 max-sm:whitespace-pre-wrap max-sm:[overflow-wrap:anywhere] sm:w-max sm:min-w-full">
            {text}
          </pre>
        </section>
        <button
          type="button"
          onClick={copy}
          aria-label={`Copy: ${label}`}
          className={buttonLook('ghost', 'sm', 'm-1.5 ml-0')}
        >
          {said === 'Copied' ? <Check aria-hidden className="text-good-ink" /> : <Copy aria-hidden />}
          {said === '' ? 'Copy' : said}
        </button>
        <span role="status" className="sr-only">
          {said}
        </span>
      </div>
    </div>
  );
}
