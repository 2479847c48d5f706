// Three builds: main (shell, lab and its worker), preload, renderer. Electron's version decides the
// syntax they may use; ELECTRON_MAJOR_VER overrides it where another Electron runs the tests.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'electron-vite';

export default defineConfig({
  main: {
    build: {
      // Each module of src/ becomes one file of out/ at the same place, so that a worker or a resource
      // found relative to `import.meta.url` is found the same way from source and from the build.
      outDir: 'out',
      rolldownOptions: {
        input: [
          'src/main/index.ts',
          'src/main/lab/process.ts',
          'src/main/lab/cli.ts',
          'src/main/lab/jobs/trainer/trainer.ts',
          'src/main/lab/jobs/counter/counter.ts',
          'src/main/lab/jobs/analyst/analyst.ts',
        ],
        output: { preserveModules: true, preserveModulesRoot: 'src', entryFileNames: '[name].js' },
      },
    },
  },
  preload: {
    build: {
      // A sandboxed preload can require nothing but electron: one CommonJS file.
      externalizeDeps: false,
      rolldownOptions: {
        input: 'src/preload/index.ts',
        output: { format: 'cjs', entryFileNames: 'index.cjs' },
      },
    },
  },
  renderer: {
    plugins: [svelte()],
    // Assets as files, not as data: URLs, keep the content security policy short.
    build: { assetsInlineLimit: 0 },
  },
});
