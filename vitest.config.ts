import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte({ configFile: false })], // for runes in state/*.svelte.ts
  test: {
    include: ['test/{unit,golden,property}/**/*.test.ts'],
    pool: 'forks', // TensorFlow's addon lives once in a process
    testTimeout: 60_000, // a limit for what hangs, not a claim about speed
    hookTimeout: 60_000,
  },
});
