'use client';

import { usePathname } from 'next/navigation';
import { type ReactNode, useEffect, useRef } from 'react';

type DropPanelProps = {
  /** Names the button. */
  label: string;
  /** What it shows, where it is not drawn by its class alone. */
  button?: ReactNode;
  buttonClassName?: string;
  panelClassName?: string;
  className?: string;
  children: ReactNode;
};

/** Links behind a button: a `<details>`, so it opens without scripts; with them it closes on Escape, outside and on going. */
export function DropPanel({
  label,
  button,
  buttonClassName,
  panelClassName = '',
  className = '',
  children,
}: DropPanelProps) {
  const details = useRef<HTMLDetailsElement>(null);
  const pathname = usePathname();

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new address closes the panel
  useEffect(() => {
    if (details.current) details.current.open = false;
  }, [pathname]);

  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (event.key !== 'Escape' || !details.current?.open) return;
      details.current.open = false;
      details.current.querySelector('summary')?.focus();
    }
    function onOutside(event: Event) {
      if (details.current?.open && !details.current.contains(event.target as Node)) details.current.open = false;
    }
    document.addEventListener('keydown', onKey);
    document.addEventListener('pointerdown', onOutside);
    document.addEventListener('focusin', onOutside);
    return () => {
      document.removeEventListener('keydown', onKey);
      document.removeEventListener('pointerdown', onOutside);
      document.removeEventListener('focusin', onOutside);
    };
  }, []);

  return (
    <details ref={details} className={`group/drop relative ${className}`}>
      <summary aria-label={label} className={`list-none ${buttonClassName ?? ''}`}>
        {button}
      </summary>
      <div
        className={`absolute z-30 mt-1.5 rounded-lg border border-line bg-raised p-1.5 shadow-raised ${panelClassName}`}
      >
        {children}
      </div>
    </details>
  );
}
