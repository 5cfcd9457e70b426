import type { ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import type { SelfTest } from '#protocol/specification.ts';
import { CheckRows } from './check-rows.tsx';
import { SelfTestList } from './self-test-list.tsx';

const check = (name: string, change: Partial<SelfTest['checks'][number]> = {}) => ({
  name,
  passed: true,
  warning: false,
  detail: `${name}: a sentence.`,
  measured: `${name} measured`,
  wanted: `${name} wanted`,
  fix: null,
  ...change,
});
const test: SelfTest = {
  at: '2026-11-27T12:00:00.000Z',
  passed: false,
  checks: [
    check('memory'),
    check('PCIe link', { warning: true, fix: 'Move it to a wider slot.' }),
    check('disk', { passed: false, fix: 'Make room.' }),
    check('a row of a later agent', { passed: false, fix: 'Ask its makers.' }),
  ],
};
const words = (fixes: boolean) =>
  renderToStaticMarkup(<SelfTestList test={test} fixes={fixes} />)
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');

it('shows whoever can mend it what failed first, what was wanted, the fix and where it is explained', () => {
  const html = renderToStaticMarkup(<SelfTestList test={test} fixes />);
  expect(words(true)).toMatch(/disk · failed .*later agent · failed .*PCIe link · deserves a look .*memory · passed/);
  expect(words(true)).toContain('Make room.');
  expect(words(true)).toContain('Wanted: disk wanted');
  expect(words(true)).toContain('2 of 4 passed, 1 deserves a look');
  expect(html).toContain('href="/self-test#disk"');
  // A row that this market has no section for leads nowhere.
  expect(html.match(/href=/g)).toHaveLength(2);
});

it('shows a stranger how it went, and no fix', () => {
  expect(words(false)).toMatch(/memory · passed .*disk · failed/);
  expect(words(false)).not.toContain('Make room.');
});

it('sends a stranger no more than it shows them: rows travel to the browser as they are given', () => {
  const parts = SelfTestList({ test }).props.children as readonly ReactElement[];
  const sent = JSON.stringify(parts.find(({ type }) => type === CheckRows)?.props);
  expect(sent).toContain('memory measured');
  expect(sent).not.toContain('memory: a sentence.');
  expect(sent).toContain('disk: a sentence.');
  expect(sent).not.toContain('Make room.');
});
