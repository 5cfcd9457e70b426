import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { Button } from './button.tsx';
import { Td, Th } from './cells.tsx';
import { Field } from './field.tsx';
import { LongName } from './long-name.tsx';
import { Meter } from './meter.tsx';
import { Money } from './money.tsx';
import { PageHeader } from './page-header.tsx';
import { Progress } from './progress.tsx';
import { Steps } from './steps.tsx';
import { Table } from './table.tsx';

describe('a button that cannot be pressed', () => {
  const html = renderToStaticMarkup(
    <Button type="submit" disabledReason="Taken until 14:20">
      Start
    </Button>,
  );

  it('says why, to the eye and to a screen reader', () => {
    const id = /aria-describedby="([^"]+)"/.exec(html)?.[1];
    expect(id).toBeDefined();
    expect(html).toContain(`id="${id}"`);
    expect(html).toContain('Taken until 14:20');
  });

  it('stays reachable by keyboard but sends no form', () => {
    expect(html).toContain('aria-disabled="true"');
    expect(html).not.toMatch(/ disabled(=|>| )/);
    expect(html).toContain('type="button"');
  });
});

describe('an amount of money', () => {
  const text = (micros: bigint | string, cents = false) =>
    renderToStaticMarkup(<Money micros={micros} cents={cents} />).replace(/<[^>]+>/g, '');

  it('is exact, from a bigint as from JSON', () => {
    expect(text(346_250n)).toBe('$0.34625');
    expect(text('346250')).toBe('$0.34625');
  });

  it('is cut to cents only where asked, and then tells the exact amount on hover', () => {
    expect(text(3_429_999n, true)).toBe('$3.42');
    expect(renderToStaticMarkup(<Money micros={3_429_999n} cents />)).toContain('title="$3.429999"');
  });

  it('never shows a debt smaller than it is', () => {
    expect(text(-3_429_999n)).toBe('−$3.429999');
    expect(text(-3_429_999n, true)).toBe('−$3.43');
  });
});

describe('a name that somebody chose', () => {
  it('stands as it is while it is short', () => {
    expect(renderToStaticMarkup(<LongName name="attic" />)).toBe('<span>attic</span>');
    expect(renderToStaticMarkup(<LongName name="attic" href="/host" />)).not.toContain('data-hint');
  });

  it('takes one line when it is long, is reached by keyboard, and says the whole', () => {
    const name = 'W'.repeat(200);
    for (const html of [
      renderToStaticMarkup(<LongName name={name} />),
      renderToStaticMarkup(<LongName name={name} href="/host" />),
    ]) {
      expect(html).toContain('truncate');
      expect(html).toContain('tabindex="0"');
      expect(html).toContain(`hidden="">${name}</span>`);
    }
  });
});

it('a field ties its label, hint and error to its control', () => {
  const html = renderToStaticMarkup(
    <Field label="Price" hint="per hour" error="Too low" id="price">
      {(aria) => <input {...aria} />}
    </Field>,
  );
  expect(html).toContain('for="price"');
  expect(html).toContain('aria-describedby="price-hint price-error"');
  expect(html).toContain('aria-invalid="true"');
});

it('a table can be scrolled by keyboard and has a name', () => {
  const html = renderToStaticMarkup(
    <Table caption="Offers">
      <tbody>
        <tr>
          <Th scope="row">RTX 4090</Th>
          <Td numeric>$0.40</Td>
        </tr>
      </tbody>
    </Table>,
  );
  expect(html).toContain('<div role="group" aria-label="Offers" tabindex="0"');
  expect(html).toContain('<caption');
});

it('bars are named and say what their value means', () => {
  const progress = renderToStaticMarkup(<Progress label="Pulling" value={1} max={4} valueText="1 of 4 GB" />);
  expect(progress).toContain('aria-label="Pulling"');
  expect(progress).toContain('aria-valuetext="1 of 4 GB"');
  expect(progress).toContain('width:25%');
  expect(renderToStaticMarkup(<Progress label="Pulling" />)).not.toContain('aria-valuenow');
  expect(renderToStaticMarkup(<Meter label="Disk" value={5} max={0} valueText="none" />)).toContain('width:0%');
});

it('phases say their state in words, not only in colour', () => {
  const html = renderToStaticMarkup(
    <Steps
      label="Start"
      steps={[
        { title: 'Held', state: 'done' },
        { title: 'Pulling', state: 'failed' },
      ]}
    />,
  );
  expect(html).toContain('(done)');
  expect(html).toContain('(failed)');
});

describe('the head of a page', () => {
  const head = (title: string, label: string) =>
    renderToStaticMarkup(<PageHeader title={title} trail={[{ href: '/host', label }]} />);

  it('takes a name of two hundred letters on two lines, and says it whole on hover, focus and to a screen reader', () => {
    const name = 'W'.repeat(200);
    const html = head(name, name);
    expect(html).toMatch(/<h1[^>]*line-clamp-2[^>]*>W{200}<\/h1>/);
    // The title and the way up each say it whole.
    expect(html.match(/data-hint/g)).toHaveLength(2);
    expect(html.match(/<span id="[^"]+" hidden="">W{200}<\/span>/g)).toHaveLength(2);
  });

  it('is no place to stop at by Tab where its title is short', () => {
    expect(head('attic', 'Host')).toContain('tabindex="-1"');
    expect(head('attic', 'Host')).not.toContain('data-hint');
  });
});
