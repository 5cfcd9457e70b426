import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';
import { AccountBanner } from '#components/account/account-banner.tsx';
import { AccountHead } from '#components/shell/account-head.tsx';
import { DemoBanner } from '#components/shell/demo-banner.tsx';
import { fontClasses } from '#components/shell/fonts.ts';
import { Providers } from '#components/shell/providers.tsx';
import { SiteFooter } from '#components/shell/site-footer.tsx';
import { SiteHeader } from '#components/shell/site-header.tsx';
import { Wordmark } from '#components/shell/wordmark.tsx';
import { HintLayer } from '#components/ui/hint-layer.tsx';
import { RouteAnnouncer } from '#components/ui/route-announcer.tsx';
import { SkipLink } from '#components/ui/skip-link.tsx';
import { currentViewer } from './_edge/viewer.ts';
import { keepTheme } from './(account)/account/appearance/actions.ts';
import './globals.css';

export const metadata: Metadata = {
  title: { default: 'Sublet: a market for GPUs', template: '%s · Sublet' },
  description: 'Rent out an idle GPU, or book one by the second: an open-source market that anyone can run.',
};

export const viewport: Viewport = {
  colorScheme: 'light dark',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#ffffff' },
    { media: '(prefers-color-scheme: dark)', color: '#111a1c' },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const viewer = await currentViewer();
  return (
    <html
      lang="en"
      suppressHydrationWarning
      className={fontClasses}
      data-time-zone={viewer?.preferences.timeZone ?? undefined}
      data-locale={viewer?.preferences.locale ?? undefined}
      data-shortcuts={viewer?.preferences.shortcutsOff ? 'off' : undefined}
    >
      <body className="flex min-h-dvh flex-col font-sans">
        <Providers theme={viewer?.preferences.theme ?? null}>
          <SkipLink />
          {process.env.SUBLET_DEMO === '1' && <DemoBanner />}
          <SiteHeader
            role={viewer?.role ?? null}
            wordmark={<Wordmark className="h-6 w-auto" />}
            account={viewer && <AccountHead {...viewer} />}
          />
          <main id="main" tabIndex={-1} className="page flex-1 py-6 outline-none sm:py-8">
            <AccountBanner account={viewer} />
            {children}
          </main>
          <SiteFooter keepTheme={viewer === null ? undefined : keepTheme} />
          <RouteAnnouncer />
          <HintLayer />
        </Providers>
      </body>
    </html>
  );
}
