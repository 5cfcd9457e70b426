'use server';

import { action } from '#app/_edge/action.ts';
import { changeSearch, deleteSearch, saveSearch } from '#lib/catalogue/save-search.ts';
import { changeSearchInput, saveSearchInput, searchIdInput } from '#lib/catalogue/saved-search-schema.ts';

export const save = action(saveSearchInput, async (actor, input) => {
  await saveSearch(actor, input);
  return { redirectTo: '/searches' };
});

export const change = action(changeSearchInput, async (actor, input) => {
  await changeSearch(actor, input);
  return { redirectTo: '/searches' };
});

export const remove = action(searchIdInput, async (actor, input) => {
  await deleteSearch(actor, input);
  return { redirectTo: '/searches' };
});
