import { TextareaField } from '#components/ui/form-fields.tsx';

/** Variables of what runs, one a line. `hint` says who can read them: that differs with when there is a machine to seal them to. */
export function EnvironmentField({ hint }: { hint: string }) {
  return (
    <TextareaField
      name="environment"
      label="Environment variables"
      optional
      mono
      rows={3}
      placeholder={'HF_TOKEN=…\nWANDB_MODE=offline'}
      autoComplete="off"
      autoCapitalize="off"
      spellCheck={false}
      hint={`NAME=value, one a line. ${hint}`}
    />
  );
}
