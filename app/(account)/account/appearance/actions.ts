'use server';

import { currentActor } from '#app/_edge/actor.ts';
import { THEMES, type Theme } from '#lib/auth/preferences.ts';
import { setPreferences } from '#lib/auth/set-preferences.ts';

/** Keeps a theme with the account, for every browser of it. Whoever is not signed in has it in this browser alone. */
export async function keepTheme(theme: Theme): Promise<void> {
  const actor = await currentActor();
  // What comes in is what somebody sent, whatever the type says.
  if (actor !== null && THEMES.includes(theme)) await setPreferences(actor, { theme });
}
