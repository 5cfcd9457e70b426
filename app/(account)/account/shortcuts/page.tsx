import { requireActor } from '#app/_edge/actor.ts';
import { goShortcuts } from '#components/shell/go-keys.ts';
import { SHORTCUTS } from '#components/shell/shortcuts.ts';
import { ActionForm } from '#components/ui/action-form.tsx';
import { CheckboxField } from '#components/ui/choice-fields.tsx';
import { Kbd } from '#components/ui/kbd.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SubmitButton } from '#components/ui/submit-button.tsx';
import { profileOf } from '#lib/auth/queries.ts';
import { setShortcuts } from '../actions.ts';

export const metadata = { title: 'Shortcuts' };

export default async function ShortcutsPage() {
  const actor = await requireActor();
  const { shortcutsOff } = await profileOf(actor);
  return (
    <>
      <PageHeader title="Shortcuts" lede="Keys that do things. Everything can be reached without them." />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
        <Panel title="The keys">
          <dl className="-my-2 divide-y divide-line text-sm">
            {[...SHORTCUTS, ...goShortcuts(actor.role)].map(({ keys, does, where }) => (
              <div key={does} className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1 py-2.5">
                <dt className="min-w-0">
                  <span className="block font-medium">{does}</span>
                  <span className="block text-muted text-xs">{where}</span>
                </dt>
                <dd className="flex items-center gap-1">
                  {keys.map((key) => (
                    <Kbd key={key}>{key}</Kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </Panel>
        <Panel title="On or off" description="Some assistive technology uses keys of its own. Kept with your account.">
          <ActionForm action={setShortcuts}>
            <CheckboxField name="on" label="Keyboard shortcuts" defaultChecked={!shortcutsOff} />
            <SubmitButton variant="secondary" className="mt-4" pendingLabel="Saving…">
              Save
            </SubmitButton>
          </ActionForm>
        </Panel>
      </div>
    </>
  );
}
