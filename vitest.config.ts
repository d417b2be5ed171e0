import { defineConfig } from 'vitest/config'
import { playwright } from '@vitest/browser-playwright'

const chromium = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'node',
          include: ['src/**/*.test.ts', 'artifacts/*.test.ts'],
          exclude: ['src/**/*.browser.test.ts'],
          environment: 'node',
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // Named here, so that none is found in the middle of a run: Vite would reload the page, and the tests with it.
        optimizeDeps: {
          include: [
            '@noble/curves/ed25519.js', '@noble/ed25519', '@noble/hashes/argon2.js', '@noble/hashes/hmac.js', '@noble/hashes/sha2.js', 'cbor-x/index-no-eval', 'comlink', 'fast-check', 'idb',
            'lucide-react', 'qr', 'qr/decode.js', 'react', 'react-dom/client', 'react/jsx-dev-runtime', 'wabt', 'zustand', 'zustand/vanilla',
          ],
        },
        test: {
          name: 'chromium',
          include: ['src/**/*.both.test.ts', 'src/**/*.browser.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: { executablePath: chromium, args: ['--no-sandbox'] } }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
})
