import { renderToString } from 'react-dom/server';
import { expect, it, vi } from 'vitest';
import { PageSkeleton, shapeOf } from './page-skeleton.tsx';
import { SoftLoading } from './soft-loading.tsx';

vi.mock('next/navigation', () => ({ usePathname: () => '/gpus' }));

it('a document that is opened directly arrives whole, with nothing that a script must put in its place', () => {
  expect(renderToString(<SoftLoading>the page</SoftLoading>)).toBe('the page');
});

it('a skeleton has the shape of its page, says once that it loads, and takes no heading from the page to come', () => {
  expect(shapeOf('/gpus')).toBe('search');
  expect(shapeOf('/gpus/lst_06h1')).toBe('thing');
  expect(shapeOf('/bookings/bkg_06h1/metrics')).toBe('thing');
  expect(shapeOf('/bookings/calendar')).toBe('list');
  const html = renderToString(<PageSkeleton shape="thing" />);
  expect(html.match(/Loading/g)).toHaveLength(1);
  expect(html).not.toMatch(/<h[1-6]/);
});
