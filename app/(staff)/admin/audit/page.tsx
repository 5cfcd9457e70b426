import { requireAdminPage } from '#app/_edge/actor.ts';
import { Button } from '#components/ui/button.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { InputField, SelectField } from '#components/ui/form-fields.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { DAY } from '#lib/base/time.ts';
import { EVENT_KINDS } from '#lib/events/event.ts';
import { eventWords } from '#lib/events/event-words.ts';
import { auditTrail } from '#lib/trust/queries/audit.ts';
import { nextHref, one, type SearchParams } from '../ask.ts';
import { AuditTable } from '../audit-table.tsx';
import { DeskTabs } from '../desk-tabs.tsx';

export const metadata = { title: 'Audit log' };

/** Half of what the API gives at once: each row weighs more here. */
const EVENTS_A_PAGE = 50;

/** A day of the address, as the instant at which it begins in UTC. */
function dayStart(text: string): Date | undefined {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  return at === undefined || Number.isNaN(at.getTime()) ? undefined : at;
}

export default async function AuditPage({ searchParams }: { searchParams: SearchParams }) {
  const actor = await requireAdminPage();
  const params = await searchParams;
  const asked = {
    text: one(params, 'text'),
    about: one(params, 'about'),
    by: one(params, 'by'),
    kind: one(params, 'kind'),
    from: one(params, 'from'),
    until: one(params, 'until'),
    people: one(params, 'people'),
  };
  const last = dayStart(asked.until);
  const before = /^\d{1,18}$/.test(one(params, 'before')) ? BigInt(one(params, 'before')) : undefined;
  const trail = await auditTrail(actor, {
    ...asked,
    from: dayStart(asked.from),
    until: last === undefined ? undefined : new Date(last.getTime() + DAY),
    byPeople: asked.people === 'on',
    before,
    take: EVENTS_A_PAGE,
  });
  const next = nextHref('/admin/audit', asked, trail.next);
  const file = new URLSearchParams(Object.entries(asked).filter(([, value]) => value !== ''));
  return (
    <>
      <PageHeader
        title="Audit log"
        lede="Who did what, when and why, and what it changed. Rows are never changed or deleted; the database refuses it."
        actions={
          <a
            className="link inline-flex min-h-9 items-center"
            href={`/api/v1/admin/audit.csv?${file.toString()}`}
            download
          >
            As CSV
          </a>
        }
      />
      <DeskTabs current="/admin/audit" />
      <form
        method="get"
        className="my-6 grid grid-cols-[repeat(auto-fit,minmax(min(11rem,100%),1fr))] items-start gap-3 [&>:nth-last-child(-n+2)]:self-end [&>button]:justify-self-start"
      >
        <InputField
          name="text"
          label="Text"
          hint="In a reason, a kind or what it says"
          defaultValue={asked.text}
          maxLength={200}
        />
        <InputField
          name="about"
          label="About"
          hint="Id of anything"
          defaultValue={asked.about}
          maxLength={200}
          autoComplete="off"
        />
        <InputField
          name="by"
          label="By"
          hint="Id of a person"
          defaultValue={asked.by}
          maxLength={200}
          autoComplete="off"
        />
        <SelectField name="kind" label="What" defaultValue={asked.kind}>
          <option value="">everything</option>
          {EVENT_KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {eventWords(kind)}
            </option>
          ))}
        </SelectField>
        <InputField name="from" label="From" type="date" defaultValue={asked.from} />
        <InputField name="until" label="Until" type="date" defaultValue={asked.until} />
        <Checkbox name="people" label="By people only" value="on" defaultChecked={asked.people === 'on'} />
        <Button type="submit">Show</Button>
      </form>
      <Panel flush>
        <AuditTable rows={trail.rows} />
      </Panel>
      <Pagination
        label="Audit log"
        {...(before === undefined ? {} : { firstHref: '/admin/audit' })}
        {...(next === undefined ? {} : { nextHref: next })}
      />
    </>
  );
}
