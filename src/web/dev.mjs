// `npm run web`: vite's server with reload for who writes the pages; data come from a running `assay serve` (ASSAY_URL, else port 4000).
import { createServer } from 'vite';
import config from './vite.config.mjs';

const target = process.env['ASSAY_URL'] ?? 'http://127.0.0.1:4000';
const server = await createServer({
  ...config,
  logLevel: 'info',
  server: {
    host: '127.0.0.1',
    proxy: Object.fromEntries(['/v1', '/openapi.json', '/metrics'].map((path) => [path, { target, changeOrigin: true }])),
  },
});
await server.listen();
server.printUrls();
