import { randomUUID } from 'node:crypto';
import type { Metadata } from 'next';
import { requireActor } from '#app/_edge/actor.ts';
import { isDemo } from '#app/_edge/demo.ts';
import { AsApiCall } from '#components/api/as-api-call.tsx';
import { jobCalls } from '#components/api/job-calls.ts';
import { PageHeader } from '#components/ui/page-header.tsx';
import { IMAGE_PRESETS } from '#lib/bookings/image.ts';
import { takesVariables } from '#lib/bookings/queries/secrets.ts';
import { offeredModels } from '#lib/jobs/queries/models.ts';
import { JobForm } from './job-form.tsx';

export const metadata: Metadata = { title: 'Submit a job' };

export default async function NewJobPage() {
  await requireActor();
  return (
    <>
      <PageHeader
        title="Submit a job"
        trail={[{ href: '/jobs', label: 'Jobs' }]}
        lede="It waits in a queue that is shared fairly, runs where it fits, and starts again elsewhere when a machine dies."
      />
      <JobForm
        presets={IMAGE_PRESETS.filter(({ image }) => isDemo() || !image.startsWith('sublet/'))}
        models={await offeredModels()}
        keepsSecrets={takesVariables()}
        idempotencyKey={randomUUID()}
      />
      <div className="mt-6">
        <AsApiCall
          calls={[
            jobCalls.submit({
              image: IMAGE_PRESETS[0].image,
              command: ['python', 'train.py', '--epochs', '3'],
              gpuCount: 1,
              size: 1,
              runSeconds: 3_600,
            }),
          ]}
        />
      </div>
    </>
  );
}
