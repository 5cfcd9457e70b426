import { renderToString } from 'react-dom/server';
import { expect, it } from 'vitest';
import { UsageBars } from './usage-bars.tsx';

const SAMPLE = { gpuUtilisationPercent: 42, gpuMemoryUsedBytes: 1e9, gpuMemoryBytes: 24e9 };
const shape = (html: string) => html.match(/^<span class="([^"]*)"/)?.[1];

it('keeps the place of figures that are still to come, and none where nothing runs', () => {
  const filled = renderToString(<UsageBars sample={SAMPLE} awaited />);
  const awaited = renderToString(<UsageBars sample={undefined} awaited />);
  expect(shape(awaited)).toBe(shape(filled));
  expect(awaited.match(/not said/g)).toHaveLength(2);
  expect(filled).toContain('42');
  expect(renderToString(<UsageBars sample={undefined} />)).not.toContain('GPU');
});
