'use client';

import { EnvironmentField } from '#components/booking/environment-field.tsx';
import { RadioCardsField } from '#components/ui/choice-fields.tsx';
import { InputField } from '#components/ui/form-fields.tsx';
import { Panel } from '#components/ui/panel.tsx';

export type ImagePreset = { readonly image: string; readonly label: string; readonly description: string };

type ImageFieldsProps = {
  presets: readonly ImagePreset[];
  typed: { readonly image?: string | undefined; readonly name?: string | undefined };
  simulated: boolean;
  /** False on a simulated demo host. */
  executes: boolean;
};

/** What runs: an image, and what it is told. */
export function ImageFields({ presets, typed, simulated, executes }: ImageFieldsProps) {
  const first = presets[0]?.image ?? 'other';
  const known = typed.image === undefined || presets.some(({ image }) => image === typed.image);
  return (
    <Panel
      title="What runs"
      description={
        executes
          ? `A container of your own. Any image works: the ssh server comes with the machine.${simulated ? ' Only its GPUs come from a recording.' : ''}`
          : 'This host is simulated: it pulls images in name only and executes nothing.'
      }
    >
      <div className="group/image space-y-5 [&_fieldset_label:last-child:nth-child(odd)]:sm:col-span-2">
        <RadioCardsField
          name="image"
          legend="Image"
          columns={2}
          defaultValue={known ? (typed.image ?? first) : 'other'}
          options={[
            ...presets.map(({ image, label, description }) => ({ value: image, title: label, description })),
            { value: 'other', title: 'Another image', description: 'From any public registry.' },
          ]}
        />
        <div className="hidden group-has-[input[value=other]:checked]/image:block">
          <InputField
            name="other"
            label="Name of the image"
            placeholder="ghcr.io/owner/name:tag"
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            defaultValue={known ? '' : typed.image}
            className="[&_input]:font-mono"
          />
        </div>
        <InputField
          name="name"
          label="Name of the booking"
          optional
          autoComplete="off"
          defaultValue={typed.name}
          hint="For your own list. Taken from the image when empty."
        />
        <InputField
          name="command"
          label="Command"
          optional
          placeholder="python train.py --epochs 3"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          className="[&_input]:font-mono"
          hint="Runs in place of the image's own program. Empty: you get a shell, and it runs until you stop it."
        />
        <EnvironmentField hint="This market seals them to the key of this machine and stores them only so: afterwards it cannot read them. Whoever runs the machine can." />
      </div>
    </Panel>
  );
}
