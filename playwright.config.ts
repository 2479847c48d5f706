import { defineConfig } from '@playwright/test';

// The end-to-end tests drive the real app; on a machine without a screen: xvfb-run -a npx playwright test
export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '*.e2e.ts',
  globalSetup: './test/e2e/build.ts',
  outputDir: 'test-results',
  workers: 1, // one app at a time
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
});
