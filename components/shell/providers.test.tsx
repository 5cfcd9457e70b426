import { renderToString } from 'react-dom/server';
import { expect, it } from 'vitest';
import { Providers } from './providers.tsx';

/** What the script does that runs before anything is painted: `localStorage.getItem("theme") || <this>`. */
const begunWith = (theme: Parameters<typeof Providers>[0]['theme']) =>
  renderToString(<Providers theme={theme}>page</Providers>).match(/\("class","theme","(\w+)"/)?.[1];

it('begins a browser that knows nothing with the theme of the account, and one without an account as its system has it', () => {
  expect(begunWith('dark')).toBe('dark');
  expect(begunWith('light')).toBe('light');
  expect(begunWith('system')).toBe('system');
  expect(begunWith(null)).toBe('system');
});
