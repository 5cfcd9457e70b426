import type { NextConfig } from 'next';

/** As the market's own, as far as it bears on size and speed. */
const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  typescript: { ignoreBuildErrors: true },
  compress: true,
};

export default config;
