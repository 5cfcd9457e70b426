import Link from 'next/link';

export default function Page() {
  return (
    <main>
      <h1>A bare page</h1>
      <Link href="/dynamic">Another</Link>
    </main>
  );
}
