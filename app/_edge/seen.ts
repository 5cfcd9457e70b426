import { notFound } from 'next/navigation';
import { Refusal } from '#lib/base/refusal.ts';

/** Awaits a query of a page: what is not the viewer's, or does not exist, becomes the page "not found". */
export async function seen<T>(query: Promise<T>): Promise<T> {
  try {
    return await query;
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'notFound') notFound();
    throw error;
  }
}
