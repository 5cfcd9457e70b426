import { requireAdminPage } from '#app/_edge/actor.ts';
import { Button } from '#components/ui/button.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { Input, Select } from '#components/ui/controls.tsx';
import { Field } from '#components/ui/field.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { EVENT_KINDS } from '#lib/events/event.ts';
import { auditTrail } from '#lib/trust/queries/audit.ts';
import { nextHref, one, type SearchParams } from '../ask.ts';
import { AuditTable } from '../audit-table.tsx';
import { DeskTabs } from '../desk-tabs.tsx';

export const metadata = { title: 'Audit trail' };

export default async function AuditPage({ searchParams }: { searchParams: SearchParams }) {
  const actor = await requireAdminPage();
  const params = await searchParams;
  const asked = { about: one(params, 'about'), kind: one(params, 'kind'), people: one(params, 'people') };
  const before = /^\d{1,18}$/.test(one(params, 'before')) ? BigInt(one(params, 'before')) : undefined;
  const trail = await auditTrail(actor, {
    about: asked.about,
    kind: asked.kind,
    byPeople: asked.people === 'on',
    before,
  });
  const next = nextHref('/admin/audit', asked, trail.next);
  return (
    <>
      <PageHeader title="Audit trail" lede="Who did what, when and why. Rows are never changed or deleted." />
      <DeskTabs current="/admin/audit" />
      <form method="get" className="flex flex-wrap items-end gap-3">
        <div className="min-w-0 grow basis-64">
          <Field label="About" hint="Id of a person, booking, machine or listing">
            {(aria) => <Input {...aria} name="about" defaultValue={asked.about} maxLength={200} />}
          </Field>
        </div>
        <div className="min-w-0 basis-56">
          <Field label="What">
            {(aria) => (
              <Select {...aria} name="kind" defaultValue={asked.kind}>
                <option value="">everything</option>
                {EVENT_KINDS.map((kind) => (
                  <option key={kind}>{kind}</option>
                ))}
              </Select>
            )}
          </Field>
        </div>
        <Checkbox name="people" label="By people only" value="on" defaultChecked={asked.people === 'on'} />
        <Button type="submit">Show</Button>
      </form>
      <Panel flush>
        <AuditTable rows={trail.rows} />
      </Panel>
      <Pagination
        label="Audit trail"
        {...(before === undefined ? {} : { firstHref: '/admin/audit' })}
        {...(next === undefined ? {} : { nextHref: next })}
      />
    </>
  );
}
