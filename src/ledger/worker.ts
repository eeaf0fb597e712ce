/** The ledger's thread: it may wait for the disk, the editor may not. */
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock as clock } from '../base/clock.ts';
import { openDatabase } from './database.ts';
import type { LedgerWorkerData, ToLedgerThread } from './messages.ts';
import { createSqliteStore } from './sqlite-store.ts';
import { setAsideMessage, troubleOf } from './trouble.ts';
import { createWriterSession } from './writer-session.ts';

const { databasePath: path } = workerData as LedgerWorkerData;
const session = createWriterSession({
  openStore: () =>
    createSqliteStore(
      openDatabase({
        path,
        wallTime: clock.wallTime(),
        thorough: true,
        onSetAside: (target) => post({ type: 'notice', message: setAsideMessage(target) }),
      }),
    ),
  troubleOf: (error) => troubleOf(error, path),
  post,
  clock,
});

function post(message: Parameters<Parameters<typeof createWriterSession>[0]['post']>[0]): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
  parentPort?.postMessage(message);
}

parentPort?.on('message', (message: ToLedgerThread) => session.receive(message));
