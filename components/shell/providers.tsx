'use client';

import { ThemeProvider, useTheme } from 'next-themes';
import { type ReactNode, useEffect } from 'react';
import type { Theme } from '#lib/auth/preferences.ts';

/** What must stand around the whole page in the browser: only the theme. `theme`: what whoever is signed in chose, wherever they did. */
export function Providers({ theme, children }: { theme: Theme | null; children: ReactNode }) {
  return (
    <ThemeProvider
      attribute="class"
      // A browser that knows nothing yet begins with it, before anything is painted.
      defaultTheme={theme ?? 'system'}
      enableSystem
      enableColorScheme={false}
      disableTransitionOnChange
    >
      {theme !== null && <Chosen theme={theme} />}
      {children}
    </ThemeProvider>
  );
}

/** What was chosen in another browser holds in this one too, and stays here: after a sign-in, and when it is another one. */
function Chosen({ theme }: { theme: Theme }) {
  const { setTheme } = useTheme();
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is pressed here is not undone, and it makes a new `setTheme`
  useEffect(() => setTheme(theme), [theme]);
  return null;
}
