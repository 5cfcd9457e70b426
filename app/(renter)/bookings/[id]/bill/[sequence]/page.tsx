import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { requireActor } from '#app/_edge/actor.ts';
import { seen } from '#app/_edge/seen.ts';
import { Badge } from '#components/ui/badge.tsx';
import { Callout } from '#components/ui/callout.tsx';
import { CopyBox } from '#components/ui/copy-box.tsx';
import { type Fact, FactList } from '#components/ui/fact-list.tsx';
import { exactly } from '#components/ui/instant.ts';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { theWorld } from '#lib/base/time.ts';
import { rentalOf } from '#lib/bookings/queries/rental.ts';
import { receiptOf } from '#lib/receipts/queries/receipt.ts';
import { statementOf } from '#lib/receipts/queries/statement.ts';
import { sha256, verifySigned } from '#protocol/keys.ts';
import { type Statement, statement as statementSchema } from '#protocol/statement.ts';
import { DOMAINS, signedText } from '#protocol/words.ts';
import { billTrail } from '../trail.ts';

type Route = { params: Promise<{ id: string; sequence: string }> };

export async function generateMetadata({ params }: Route): Promise<Metadata> {
  return { title: `Statement ${(await params).sequence}` };
}

export default async function StatementPage({ params }: Route) {
  const actor = await requireActor();
  const { id, sequence } = await params;
  if (!/^\d{1,9}$/.test(sequence)) notFound();
  const [rental, statement, receipt] = await Promise.all([
    seen(rentalOf(actor, id, theWorld.now())),
    seen(statementOf(actor, id, Number(sequence))),
    seen(receiptOf(actor, id, Number(sequence))),
  ]);
  const fits =
    verifySigned(DOMAINS.statement, statement, statement.machineKey) &&
    sha256(signedText(DOMAINS.statement, statement.payload)) === statement.hash;
  return (
    <>
      <PageHeader
        title={`Statement ${statement.sequence}`}
        trail={[...billTrail(rental), { href: `/bookings/${id}/bill`, label: 'Bill' }]}
        badges={
          <Badge tone={fits ? 'good' : 'bad'}>{fits ? 'the signature fits' : 'the signature does not fit'}</Badge>
        }
        lede="What the machine said it delivered, byte for byte as it signed it. Each statement names the hash of the one before."
      />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
        <Panel title="What it says">
          <FactList facts={factsOf(statement.payload, `/bookings/${id}/bill`)} />
        </Panel>
        <Panel title="What is signed" description={`The line “${DOMAINS.statement}”, a line break, and this text.`}>
          <CopyBox bare label="The exact text" text={statement.payload} />
        </Panel>
        <Panel title="By whom">
          <FactList
            facts={[
              { label: 'Machine', value: rental.machine.name },
              { label: 'Its key (Ed25519)', value: <Mono>{statement.machineKey}</Mono> },
              { label: 'Signature', value: <Mono>{statement.signature}</Mono> },
              { label: 'SHA-256 of what is signed', value: <Mono>{statement.hash}</Mono> },
              { label: 'Received', value: exactly(statement.receivedAt, 'UTC') },
            ]}
          />
        </Panel>
        <Panel title="In the public log" description="Its receipt: only you and the other side know the salt.">
          {receipt === null ? (
            <p className="text-muted">Not yet: it gets there within a minute.</p>
          ) : (
            <FactList
              facts={[
                {
                  label: 'Entry',
                  value: (
                    <Link className="link" href={`/log?entry=${receipt.entry}`} prefetch={false}>
                      <Mono>{receipt.entry}</Mono>
                    </Link>
                  ),
                },
                { label: 'Place', value: receipt.index },
                { label: 'Salt', value: <Mono>{receipt.receipt.salt}</Mono> },
                {
                  label: 'Countersigned by the renter',
                  value:
                    receipt.receipt.agreed === null ? 'not yet: host only' : <Mono>{receipt.receipt.agreed.key}</Mono>,
                },
              ]}
            />
          )}
          {receipt !== null && (
            <p className="mt-3 text-sm">
              <a className="link" href={`/api/v1/bookings/${id}/receipts/${statement.sequence}/text`} download>
                Its receipt as a file
              </a>{' '}
              can be checked by anybody at{' '}
              <Link className="link" href="/log">
                the public log
              </Link>
              .
            </p>
          )}
        </Panel>
        <Panel title="Check it yourself" description="With nothing but Node.js, on a computer of yours.">
          <CopyBox
            bare
            label="A command that checks the signature"
            text={checkLine(statement.machineKey, statement.payload, statement.signature)}
          />
          <Callout tone="info" className="mt-4">
            It prints true when the machine’s key signed exactly this text.
          </Callout>
        </Panel>
      </div>
    </>
  );
}

/** The statement in words; one that cannot be read is shown as text only. */
function factsOf(payload: string, bill: string): readonly Fact[] {
  const read = parseStatement(payload);
  if (read === null) return [{ label: 'Contents', value: 'not readable' }];
  return [
    { label: 'From', value: exactly(new Date(read.startsAt), 'UTC') },
    { label: 'To', value: exactly(new Date(read.endsAt), 'UTC') },
    { label: 'By a clock that cannot be set', value: `${read.monotonicSeconds} s` },
    { label: 'State', value: read.state === 'running' ? 'running: GPUs and disk' : 'stopped: the disk is kept' },
    { label: 'GPUs', value: read.gpuUuids.length === 0 ? 'none' : <Mono>{read.gpuUuids.join(' ')}</Mono> },
    { label: 'GPU time', value: `${read.gpuSeconds} GPU-s` },
    { label: 'Disk', value: `${BigInt(read.diskByteSeconds).toLocaleString('en')} byte-s` },
    {
      label: 'The one before',
      value:
        read.sequence === 0 ? (
          'none: this is the first'
        ) : (
          <Link className="link" href={`${bill}/${read.sequence - 1}`} prefetch={false}>
            <Mono>{read.previous}</Mono>
          </Link>
        ),
    },
  ];
}

function parseStatement(payload: string): Statement | null {
  try {
    return statementSchema.parse(JSON.parse(payload));
  } catch {
    return null;
  }
}

function Mono({ children }: { children: string }) {
  return <span className="break-all font-mono text-xs">{children}</span>;
}

/** One line for a shell: verifies an Ed25519 signature by the raw key (RFC 8410 as a JWK). */
function checkLine(machineKey: string, payload: string, signature: string): string {
  const key = JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: machineKey });
  const program = `const c=require("crypto");console.log(c.verify(null,Buffer.from(${JSON.stringify(`${DOMAINS.statement}\n${payload}`)}),c.createPublicKey({key:${key},format:"jwk"}),Buffer.from(${JSON.stringify(signature)},"base64url")))`;
  return `node -e '${program.replaceAll("'", `'\\''`)}'`;
}
