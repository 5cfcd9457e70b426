import type { NextConfig } from 'next';

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  // `npm test` checks types once, tests included; whoever starts the product need not wait for it again.
  typescript: { ignoreBuildErrors: true },
  // What must arrive piece by piece, the server-sent events, says `no-transform` and is left alone.
  compress: true,
  serverExternalPackages: [
    'pino',
    'graphile-worker',
    'nodemailer',
    'pg',
    '@prisma/client',
    '@prisma/adapter-pg',
    'pdfkit',
    'ws',
  ],
  headers: async () => [
    {
      source: '/:path*',
      headers: [
        { key: 'X-Content-Type-Options', value: 'nosniff' },
        { key: 'X-Frame-Options', value: 'DENY' },
        { key: 'Referrer-Policy', value: 'strict-origin-when-cross-origin' },
        { key: 'Permissions-Policy', value: 'camera=(), microphone=(), geolocation=()' },
      ],
    },
  ],
};

export default config;
