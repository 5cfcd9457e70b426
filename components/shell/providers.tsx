'use client';

import { ThemeProvider } from 'next-themes';
import type { ReactNode } from 'react';

/** What must stand around the whole page in the browser: only the theme. */
export function Providers({ children }: { children: ReactNode }) {
  return (
    <ThemeProvider
      attribute="class"
      defaultTheme="system"
      enableSystem
      enableColorScheme={false}
      disableTransitionOnChange
    >
      {children}
    </ThemeProvider>
  );
}
