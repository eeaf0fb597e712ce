/** Loaded into every mocha run: notes which test began last, and ends a run that is over but does not exit, saying what it left open. */
import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';
import type { Server } from 'node:net';
import type { Worker } from 'node:worker_threads';

const {
  REAPER_LAST_TEST: lastTestFile,
  REAPER_LEFT_OPEN: leftOpenFile,
  REAPER_EXIT_WITHIN_MS: exitWithinMs,
} = process.env;

interface Opened {
  readonly what: string;
  /** The frames of the project's own code that opened it. */
  readonly where: string;
  isOpen(): boolean;
}

const opened: Opened[] = [];
/** A run is a process group of its own, which a kill of its parent does not reach. */
const PARENT_CHECK_MS = 500;
const parent = process.ppid;
setInterval(() => process.ppid !== parent && process.exit(1), PARENT_CHECK_MS).unref();
// Tests may put fake clocks in its place.
const { setTimeout } = globalThis;

subscribe('tracing:net.server.listen:asyncStart', (message) => {
  const { server } = message as { readonly server: Server };
  opened.push({ what: 'a server', where: callers(), isOpen: () => server.listening });
});

subscribe('worker_threads', (message) => {
  const { worker } = message as { readonly worker: Worker };
  let ended = false;
  worker.once('exit', () => (ended = true));
  opened.push({ what: 'a worker', where: callers(), isOpen: () => !ended });
});

subscribe('child_process', (message) => {
  const { process: child } = message as { readonly process: ChildProcess };
  const isOpen = (): boolean => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  opened.push({ what: 'a program', where: callers(), isOpen });
});

export const mochaHooks = {
  beforeEach(this: Mocha.Context): void {
    if (lastTestFile !== undefined) writeFileSync(lastTestFile, this.currentTest?.fullTitle() ?? '');
  },
  afterAll(): void {
    // Does not keep the process alive: it fires only if something else does.
    setTimeout(endUnlessOver, Number(exitWithinMs ?? 10_000)).unref();
  },
};

function endUnlessOver(): void {
  const open = opened.filter((one) => one.isOpen()).map(({ what, where }) => `   ${what}, opened\n${where}`);
  const text = [
    'Every test has ended, and yet the run does not: a test or an `after` hook has left something open.',
    `Open: ${process.getActiveResourcesInfo().join(', ')}`,
    ...open,
  ].join('\n');
  if (leftOpenFile !== undefined) writeFileSync(leftOpenFile, text);
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

function callers(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 30;
  const stack = new Error('').stack ?? '';
  Error.stackTraceLimit = limit;
  const frames = stack.split('\n').slice(1);
  const ours = frames.filter((frame) => /file:|[\\/]/.test(frame) && !/node_modules|node:|watch-mocha/.test(frame));
  return ours.map((frame) => `   ${frame}`).join('\n');
}
