import { env } from './env.ts';

const PATIENCE_MS = 2_000;

export type GatewayHealth = { readonly name: string; readonly ok: boolean };

/** Asks every gateway of this market whether it lives. */
export async function gatewayHealth(): Promise<readonly GatewayHealth[]> {
  return Promise.all(
    env().gateways.map(async ({ name, healthUrl }) => {
      try {
        const answer = await fetch(healthUrl, { signal: AbortSignal.timeout(PATIENCE_MS), redirect: 'error' });
        await answer.body?.cancel();
        return { name, ok: answer.ok };
      } catch {
        return { name, ok: false };
      }
    }),
  );
}
