import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

// ---- the house's layers: who may import whom ---------------------------------------------------

/** Rooms of src/main/lab in their order: each imports only from rooms before it and from src/shared. */
const ROOMS = [
  'engine',
  'corpus',
  'suite',
  'tokenizer',
  'ngram',
  'model',
  'training',
  'scoring',
  'store',
  'analysis',
  'experiment',
  'export',
  'jobs',
  'sweep',
  'handlers',
  'cli',
];

const NO_ELECTRON = { regex: '^electron($|/)', message: 'The lab runs under plain Node as well.' };
const NO_WINDOW = { regex: '/(renderer|preload)/', message: 'The lab knows no window.' };

const allow = (files, patterns) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns }] },
});

const layers = [
  allow(
    ['src/shared/**'],
    [{ regex: '^(?!\\./|zod$)', message: 'src/shared imports zod and itself, nothing else.' }],
  ),
  allow(
    ['src/renderer/**'],
    [
      { regex: '^(node:|electron($|/))', message: 'The window is a plain web page.' },
      { regex: '/(main|preload)/', message: 'The window imports only src/shared and itself.' },
    ],
  ),
  allow(['src/preload/**'], [{ regex: '/(main|renderer)/', message: 'The bridge stands alone.' }]),
  allow(['src/main/lab/**'], [NO_ELECTRON, NO_WINDOW]),
  ...ROOMS.map((room, i) =>
    allow(
      [`src/main/lab/${room}/**`],
      [
        NO_ELECTRON,
        NO_WINDOW,
        {
          regex: `^(\\.\\./)+(lab/)?((${[...ROOMS.slice(i + 1), '-'].join('|')})/|(index|cli|process)\\.ts$)`,
          message: `${room}/ may import only: ${['shared', ...ROOMS.slice(0, i)].join(', ')}.`,
        },
      ],
    ),
  ),
];

// ------------------------------------------------------------------------------------------------

export default ts.config(
  { ignores: ['node_modules/', 'out/', 'dist/', 'test-results/', 'resources/'] },
  { linterOptions: { noInlineConfig: true } },
  js.configs.recommended,
  ts.configs.recommendedTypeChecked,
  svelte.configs.recommended,
  {
    languageOptions: {
      globals: globals.node,
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      eqeqeq: 'error',
      'no-empty-pattern': ['error', { allowObjectPatternsAsParameters: true }], // Playwright's fixtures
      'svelte/prefer-svelte-reactivity': 'off', // a plain Map is plain on purpose
      'svelte/no-unused-svelte-ignore': 'off', // svelte-check's to say
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
    },
  },
  { files: ['**/*.svelte.ts'], languageOptions: { parserOptions: { parser: ts.parser } } },
  // In components svelte-check alone knows the types; typescript-eslint sees `any` at every import of one.
  {
    files: ['**/*.svelte'],
    extends: [ts.configs.disableTypeChecked],
    languageOptions: { parserOptions: { parser: ts.parser } },
  },
  { files: ['src/renderer/**', 'src/preload/**'], languageOptions: { globals: globals.browser } },
  // Plain scripts: no types to check. They, benchmarks and generators speak to a terminal.
  { files: ['**/*.{js,mjs}'], extends: [ts.configs.disableTypeChecked] },
  {
    files: ['scripts/**', 'bench/**', 'test/**', 'src/main/lab/cli.ts'],
    rules: { 'no-console': 'off' },
  },
  ...layers,
);
