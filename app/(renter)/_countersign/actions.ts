'use server';

import { action } from '#app/_edge/action.ts';
import { currentVisitor } from '#app/_edge/actor.ts';
import { registerClientKey } from '#lib/auth/register-client-key.ts';
import { registerClientKeyInput } from '#lib/auth/schema.ts';
import { countersignStatement } from '#lib/receipts/countersign-statement.ts';
import { countersignInput } from '#lib/receipts/schema.ts';

export const registerKey = action(registerClientKeyInput, async (actor, input) => {
  const { label } = await currentVisitor();
  await registerClientKey(actor, { ...input, name: label });
  return { refresh: false };
});

export const countersign = action(countersignInput, async (actor, input) => {
  await countersignStatement(actor, input);
  return { refresh: false };
});
