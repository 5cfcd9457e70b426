'use client';

import { useTheme } from 'next-themes';
import { useEffect, useState } from 'react';
import { cn } from '#components/ui/cn.ts';
import type { Theme } from '#lib/auth/preferences.ts';

const CHOICES = [
  ['light', 'Light'],
  ['dark', 'Dark'],
  ['system', 'As the system'],
] as const;

type ThemeSwitchProps = {
  /** With the words beside the signs. */
  words?: boolean;
  /** Keeps what is chosen with the account of whoever is signed in. */
  keep?: KeepTheme | undefined;
};

export type KeepTheme = (theme: Theme) => Promise<void>;

/** Light, dark, or as the system has it. */
export function ThemeSwitch({ words = false, keep }: ThemeSwitchProps) {
  const { theme, setTheme } = useTheme();
  const [known, setKnown] = useState(false);
  useEffect(() => setKnown(true), []);

  return (
    <fieldset className="inline-flex rounded-md border border-line bg-surface p-0.5">
      <legend className="sr-only">Theme</legend>
      {CHOICES.map(([value, label]) => (
        <button
          key={value}
          type="button"
          title={label}
          aria-label={label}
          aria-pressed={known && theme === value}
          onClick={() => {
            setTheme(value);
            // Not kept, it still holds in this browser.
            void keep?.(value).catch(() => undefined);
          }}
          className={cn(
            `sign sign-${value} inline-flex items-center justify-center gap-1.5 rounded-sm before:size-3.5`,
            words ? 'h-8 whitespace-nowrap px-2 text-sm sm:px-3' : 'size-7',
            known && theme === value ? 'bg-hover text-ink' : 'text-muted hover:text-ink',
          )}
        >
          {words && label}
        </button>
      ))}
    </fieldset>
  );
}
