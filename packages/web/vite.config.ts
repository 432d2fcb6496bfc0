import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  resolve: { conditions: ['@sightline/source', ...defaultClientConditions] },
  build: {
    outDir: '../server/dist/web',
    emptyOutDir: true,
    // `light-dark()` as written: older targets would turn every colour token into a pair of variables.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    // The server's content security policy allows files of its own only, no `data:` addresses.
    assetsInlineLimit: 0,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:16686' } },
});
