/** All stages of `npm test`, cheapest first. */
import { prepareWorkbench } from '../../test/e2e/workbench.ts';
import { hostStage } from './host-stage.ts';
import { mochaStage } from './mocha-stage.ts';
import type { Stage } from './stage.ts';
import { toolStage } from './tool-stage.ts';

const UNIT_TIMEOUT_MS = 10_000;
/** A workbench starts in a few seconds, in half a minute on a busy machine. */
const E2E_TIMEOUT_MS = 180_000;
const LIMIT_MS = 300_000;
/** Its first test may have to install the other side's gRPC. */
const CONTRACT_LIMIT_MS = 720_000;
const E2E_LIMIT_MS = 900_000;

export const STAGES: readonly Stage[] = [
  toolStage('format', 'prettier agrees with every file', 'node_modules/prettier/bin/prettier.cjs', ['--check', '.']),
  toolStage('lint', 'oxlint, with types', 'node_modules/oxlint/bin/oxlint', ['--type-aware', '--deny-warnings']),
  toolStage('types', 'tsc, strict', 'node_modules/typescript/bin/tsc', ['-p', '.']),
  mochaStage('architecture', 'layers, names and sizes', {
    files: ['test/architecture.test.ts'],
    timeoutMs: UNIT_TIMEOUT_MS,
    limitMs: LIMIT_MS,
  }),
  toolStage('manifest', 'package.json is what src/config generates', 'scripts/manifest.mjs', ['--check']),
  toolStage('dead-code', 'knip finds nothing unused', 'node_modules/knip/bin/knip.js', []),
  mochaStage('unit', 'everything that needs no editor', {
    files: ['test/**/*.test.ts'],
    ignore: ['test/architecture.test.ts', 'test/contract/**', 'test/host/**', 'test/e2e/**'],
    timeoutMs: UNIT_TIMEOUT_MS,
    limitMs: LIMIT_MS,
  }),
  mochaStage('contract', 'what providers and servers promise', {
    files: ['test/contract/**/*.test.ts'],
    timeoutMs: UNIT_TIMEOUT_MS * 3,
    limitMs: CONTRACT_LIMIT_MS,
  }),
  hostStage,
  mochaStage('e2e', 'the workbench, through its user interface', {
    files: ['test/e2e/**/*.test.ts'],
    timeoutMs: E2E_TIMEOUT_MS,
    limitMs: E2E_LIMIT_MS,
    prepare: prepareWorkbench,
    notOnWindows: 'the VS Code server does not build on Windows; use WSL',
  }),
];
