import { Fragment } from 'react';
import { requireActor } from '#app/_edge/actor.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { readingCalls } from '#components/api/reading-calls.ts';
import { ActionForm } from '#components/ui/action-form.tsx';
import { InputField } from '#components/ui/form-fields.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { profileOf } from '#lib/auth/queries.ts';
import { formatDollars } from '#lib/base/money.ts';
import { type NoticeLine, noticeChoicesOf } from '#lib/notices/queries.ts';
import { chooseNotices, setLowBalance } from '../actions.ts';

export const metadata = { title: 'Notices' };

const SIDES = [
  ['renter', 'When you rent'],
  ['host', 'When you host'],
  ['account', 'Your account'],
  ['staff', 'Staff'],
] as const;

export default async function NoticeChoicesPage() {
  const actor = await requireActor();
  const [lines, { lowBalanceMicros }] = await Promise.all([noticeChoicesOf(actor), profileOf(actor)]);
  return (
    <>
      <PageHeader
        title="Notices"
        lede="What you hear of, and where: on the bell of this site, and by mail. What is about money or safety is always said."
      />
      <ActionForm action={chooseNotices}>
        <Panel flush className="mb-5">
          <table className="w-full border-separate border-spacing-0 text-sm">
            <caption className="sr-only">What you hear of, and where</caption>
            <thead>
              <tr className="text-muted text-xs">
                <th scope="col" className="px-4 py-2.5 text-left font-medium sm:px-5">
                  What
                </th>
                <th scope="col" className="w-14 px-1 py-2.5 text-center font-medium">
                  Bell
                </th>
                <th scope="col" className="w-14 py-2.5 pr-3 pl-1 text-center font-medium">
                  Mail
                </th>
              </tr>
            </thead>
            <tbody>
              {SIDES.map(([side, title]) => {
                const own = lines.filter((line) => line.side === side);
                if (own.length === 0) return null;
                return (
                  <Fragment key={side}>
                    <tr>
                      <th
                        scope="colgroup"
                        colSpan={3}
                        className="border-line border-y bg-sunken px-4 py-2 text-left font-semibold text-xs sm:px-5"
                      >
                        {title}
                      </th>
                    </tr>
                    {own.map((line) => (
                      <Line key={line.name} line={line} />
                    ))}
                  </Fragment>
                );
              })}
            </tbody>
          </table>
        </Panel>
        <SubmitButton pendingLabel="Saving…">Save</SubmitButton>
      </ActionForm>
      <div className="mt-6 grid grid-cols-[minmax(0,1fr)] gap-6">
        <Panel
          title="A wallet that runs low"
          description="You are told once, on the bell and by mail, until it is above again."
        >
          <ActionForm action={setLowBalance}>
            <div className="flex flex-wrap items-start gap-x-3 gap-y-2">
              <InputField
                name="below"
                label="Tell me when less is free than"
                before="$"
                inputMode="decimal"
                defaultValue={lowBalanceMicros === null ? '' : dollarsTyped(lowBalanceMicros)}
                hint="Empty: not at all."
                maxLength={20}
                autoComplete="off"
                className="w-56"
              />
              <SubmitButton variant="secondary" className="sm:mt-[1.65rem]" pendingLabel="Saving…">
                Set
              </SubmitButton>
            </div>
          </ActionForm>
        </Panel>
        <AsApiCall calls={[readingCalls.noticeChoices()]} />
      </div>
    </>
  );
}

function Line({ line }: { line: NoticeLine }) {
  return (
    <tr>
      <th scope="row" className="border-line border-b px-4 py-2.5 text-left font-normal sm:px-5">
        <span className="block font-medium">{line.title}</span>
        <span className="block text-muted text-xs">
          {line.hint} {line.fixed !== undefined && `Always on: ${line.fixed.toLowerCase()}`}
        </span>
      </th>
      <Cell line={line} way="inApp" />
      <Cell line={line} way="mail" />
    </tr>
  );
}

function Cell({ line, way }: { line: NoticeLine; way: 'inApp' | 'mail' }) {
  const label = `${line.title}: ${way === 'mail' ? 'by mail' : 'on the bell'}`;
  return (
    <td className="border-line border-b px-1 text-center last:pr-3">
      {line.fixed === undefined ? (
        <label className="inline-flex size-8 items-center justify-center">
          <input
            type="checkbox"
            name={`${way}[]`}
            value={line.name}
            defaultChecked={line[way]}
            aria-label={label}
            className="size-4 accent-accent"
          />
        </label>
      ) : (
        <span className="text-muted text-xs" title="Always on">
          <span aria-hidden>✓</span>
          <span className="sr-only">{label}, always on</span>
        </span>
      )}
    </td>
  );
}

/** An amount as somebody would type it. */
function dollarsTyped(micros: bigint): string {
  return formatDollars(micros).replace(/[$,]/g, '');
}
