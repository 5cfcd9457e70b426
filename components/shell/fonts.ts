import { GeistSans } from 'geist/font/sans';
import localFont from 'next/font/local';

/** Fetched by the first page that shows a command, not preloaded by every page. */
const mono = localFont({
  src: '../../node_modules/geist/dist/fonts/geist-mono/GeistMono-Variable.woff2',
  variable: '--font-geist-mono',
  weight: '100 900',
  preload: false,
});

/** The classes that make both fonts known to the tokens. */
export const fontClasses = `${GeistSans.variable} ${mono.variable}`;
