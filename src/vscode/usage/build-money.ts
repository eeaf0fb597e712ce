/** Money: the record of what was spent, the limits that hold before anything is sent, and figures for one's own monitoring. */
import { join } from 'node:path';
import type * as vscode from 'vscode';
import type { Clock } from '../../base/clock.ts';
import { DisposableStore } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/event.ts';
import type { Logger } from '../../base/logger.ts';
import type { Settings } from '../../config/read-settings.ts';
import { createBudget, type LedgerBudget } from '../../ledger/create-budget.ts';
import { createLedger, type Ledger } from '../../ledger/create-ledger.ts';
import { hasSqlite, openDatabase } from '../../ledger/database.ts';
import { createMemorySpending } from '../../ledger/memory-spending.ts';
import { createMetrics } from '../../ledger/metrics/create-metrics.ts';
import { createJointSpending } from '../../ledger/joint-spending.ts';
import { setAsideMessage } from '../../ledger/trouble.ts';
import type { Egress } from '../../router/egress.ts';
import type { ProviderDefinition } from '../../router/provider-definition.ts';
import type { RequestRecord } from '../../router/request-record.ts';

export interface MoneyOptions {
  readonly context: Pick<vscode.ExtensionContext, 'globalStorageUri' | 'extension'>;
  readonly definitions: readonly ProviderDefinition[];
  readonly workerPath: string;
  readonly settings: () => Settings;
  readonly egress: Egress;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Money {
  readonly budget: LedgerBudget;
  readonly ledger: Omit<Ledger, 'add' | 'dispose'>;
  /** Takes each finished attempt. */
  add(record: RequestRecord): void;
  /** What happened to the record of usage, in the user's words. */
  readonly onNotice: Event<string>;
  /** Writes and sends what is left. */
  dispose(): Promise<void>;
}

const DATABASE_NAME = 'usage.db';

export function buildMoney(options: MoneyOptions): Money {
  const { context, definitions, workerPath, settings, egress, fetch, clock, logger } = options;
  const store = new DisposableStore();
  const noticed = store.add(new Emitter<string>());
  const { globalStorageUri } = context;
  // All windows have the same one. Where it is no folder of this machine, there is none.
  const databasePath = globalStorageUri.scheme === 'file' ? join(globalStorageUri.fsPath, DATABASE_NAME) : undefined;

  const open = (path: string) =>
    openDatabase({
      path,
      wallTime: clock.wallTime(),
      thorough: false,
      onSetAside: (target) => noticed.fire(setAsideMessage(target)),
    });
  const spending =
    databasePath !== undefined && hasSqlite()
      ? store.add(createJointSpending({ open: () => open(databasePath), clock, logger }))
      : createMemorySpending();
  const budget = store.add(createBudget({ limits: () => settings().budget, spending, clock, logger }));
  const takeBooking = (attemptId: string): boolean => budget.takeBooking(attemptId);
  const ledger = createLedger({ workerPath, databasePath, takeBooking, clock, logger });
  store.add(ledger.onNotice((message) => noticed.fire(message)));
  const version = versionOf(context.extension);
  const names = new Map(definitions.map(({ id, telemetryName = id }) => [id, telemetryName]));
  const meter = { version, providerName: (id: string) => names.get(id) ?? id };
  const metrics = createMetrics({ settings: () => settings().metrics, meter, egress, fetch, clock, logger });

  return {
    budget,
    ledger,
    add(record) {
      ledger.add(record);
      metrics.add(record);
    },
    onNotice: noticed.event,
    async dispose() {
      await Promise.all([ledger.dispose(), metrics.dispose()]);
      store.dispose();
    },
  };
}

function versionOf({ packageJSON }: Pick<vscode.Extension<unknown>, 'packageJSON'>): string {
  const { version } = packageJSON as { readonly version?: unknown };
  return typeof version === 'string' ? version : '0.0.0';
}
