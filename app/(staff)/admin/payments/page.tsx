import { requireAdminPage } from '#app/_edge/actor.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { heldPage } from '#lib/payments/queries/held.ts';
import { DeskTabs } from '../desk-tabs.tsx';
import { HeldPayments } from './held-payments.tsx';
import { HeldWebhooks } from './held-webhooks.tsx';

export const metadata = { title: 'Payments' };

export default async function PaymentsAdminPage() {
  const actor = await requireAdminPage();
  const { payments, webhooks, paymentCount, webhookCount } = await heldPage(actor);
  return (
    <>
      <PageHeader
        title="Payments"
        lede="What the market does not decide by itself: money that came otherwise than asked, and news of the payment provider that could not be handled."
      />
      <DeskTabs current="/admin/payments" />
      <Panel title={`Payments to decide about (${paymentCount})`} flush>
        {payments.length === 0 ? (
          <EmptyState kind="none" title="No payment waits">
            A payment stands here when another amount or currency came than was asked. Until somebody decides it is
            credited to nobody.
          </EmptyState>
        ) : (
          <HeldPayments rows={payments} />
        )}
      </Panel>
      <Panel title={`Webhooks that were given up (${webhookCount})`} flush>
        {webhooks.length === 0 ? (
          <EmptyState kind="none" title="None was given up">
            A webhook stands here after it failed for some four days. Sweeps and the nightly reconciliation look for
            what it told all the same.
          </EmptyState>
        ) : (
          <HeldWebhooks rows={webhooks} />
        )}
      </Panel>
    </>
  );
}
