import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { CountersignPanel } from './countersign-panel.tsx';

const panel = (latest: number) =>
  renderToStaticMarkup(
    <CountersignPanel bookingId="bkg_1" account="usr_1" knownKeys={[]} agreed={null} latest={latest} over={false} />,
  );

describe('a rental that nobody countersigned', () => {
  it('is signed by its host only, but not before anything is signed at all', () => {
    expect(panel(0)).toContain('Signed by the host’s machine only');
    expect(panel(-1)).toContain('Nothing is signed so far');
    expect(panel(-1)).not.toContain('Signed by the host');
  });
});
