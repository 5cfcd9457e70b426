import { headers } from 'next/headers';

/** Rendered anew for each request, as every page of the market is. */
export default async function Page() {
  const agent = (await headers()).get('user-agent') ?? 'nobody';
  return (
    <main>
      <h1>A bare page</h1>
      <p>{agent}</p>
    </main>
  );
}
