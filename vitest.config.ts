import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte({ configFile: false })], // for runes in state/*.svelte.ts
  test: {
    include: ['test/{unit,golden,property,reliability,slurm}/**/*.test.ts'],
    pool: 'forks', // TensorFlow's addon lives once in a process
    testTimeout: 300_000, // limits for what hangs, not claims about speed
    hookTimeout: 300_000,
  },
});
