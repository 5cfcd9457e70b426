import type { NextConfig } from 'next';

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  // `npm test` checks types once, tests included; whoever starts the product need not wait for it again.
  typescript: { ignoreBuildErrors: true },
  // Gzip buffers server-sent events and a held-open sync; a reverse proxy compresses what deserves it.
  compress: false,
  serverExternalPackages: [
    'pino',
    'graphile-worker',
    'nodemailer',
    'pg',
    '@prisma/client',
    '@prisma/adapter-pg',
    'pdfkit',
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
