import { Checkbox } from '#components/ui/checkbox.tsx';
import { Input, Select, Textarea } from '#components/ui/controls.tsx';
import { Field } from '#components/ui/field.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { RadioCards } from '#components/ui/radio-cards.tsx';
import { Part } from './part.tsx';
import { SampleForm } from './sample-form.tsx';

export function FormParts() {
  return (
    <Part title="Forms">
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-2">
        <Panel title="Controls" description="One column, label above, hint below, error in words.">
          <div className="space-y-4">
            <Field label="Price" hint="Later edits touch only later bookings." id="design-price">
              {(aria) => <Input before="$" after="per GPU-hour" defaultValue="0.35" inputMode="decimal" {...aria} />}
            </Field>
            <Field label="Image" error="This is not an image name. Write it like “ubuntu:24.04”." id="design-image">
              {(aria) => <Input defaultValue="ubuntu 24" {...aria} />}
            </Field>
            <Field label="Region" optional id="design-region">
              {(aria) => (
                <Select {...aria}>
                  <option>Anywhere</option>
                  <option>Germany</option>
                  <option>Iceland</option>
                </Select>
              )}
            </Field>
            <Field label="Public key" id="design-key">
              {(aria) => <Textarea mono rows={3} placeholder="ssh-ed25519 AAAA…" {...aria} />}
            </Field>
            <Field label="E-mail" hint="Cannot be changed here." id="design-email">
              {(aria) => <Input defaultValue="ada@example.org" readOnly {...aria} />}
            </Field>
            <div className="space-y-1">
              <Checkbox name="d-verified" label="Checked by staff" count="14" defaultChecked />
              <Checkbox name="d-new" label="Include new machines" hint="Online for less than 24 hours." count="3" />
              <Checkbox name="d-terms" label="I accept the terms" error="Accept the terms to go on." />
            </div>
          </div>
        </Panel>
        <Panel title="Choices and an answer" description="Try it empty, then with a name.">
          <div className="space-y-6">
            <RadioCards
              name="d-plan"
              legend="How to pay for time"
              defaultValue="demand"
              options={[
                { value: 'demand', title: 'On demand', description: 'Yours until you end it.', aside: '$0.40 / h' },
                {
                  value: 'bid',
                  title: 'Interruptible',
                  description: 'Cheaper; yields with notice.',
                  aside: '$0.22 / h',
                },
                {
                  value: 'later',
                  title: 'Reserved',
                  disabledReason: 'The host’s calendar is closed.',
                  aside: '$0.36 / h',
                },
              ]}
            />
            <SampleForm />
          </div>
        </Panel>
      </div>
    </Part>
  );
}
