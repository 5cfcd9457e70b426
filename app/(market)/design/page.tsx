import type { Metadata } from 'next';
import { PageHeader } from '#components/ui/page-header.tsx';
import { BehaviourParts } from './_parts/behaviour.tsx';
import { ButtonParts } from './_parts/buttons.tsx';
import { ColourParts } from './_parts/colours.tsx';
import { FactParts } from './_parts/facts.tsx';
import { FormParts } from './_parts/forms.tsx';
import { StateParts } from './_parts/states.tsx';
import { TypeParts } from './_parts/type.tsx';

export const metadata: Metadata = { title: 'Design', robots: { index: false, follow: false } };

export default function DesignPage() {
  return (
    <>
      <PageHeader
        title="Design"
        lede="Every part that the pages are made of, in each of its states. What is not here does not exist yet; what is here is not built twice."
      />
      <div className="space-y-10">
        <ColourParts />
        <TypeParts />
        <ButtonParts />
        <FormParts />
        <FactParts />
        <StateParts />
        <BehaviourParts />
      </div>
    </>
  );
}
