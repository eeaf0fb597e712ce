/** Reservations: how long they take on the main thread, and that a thousand at once spend no more than the limit. */
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { createBudget, type LedgerBudget } from '../../src/ledger/create-budget.ts';
import { createLedger } from '../../src/ledger/create-ledger.ts';
import { openDatabase } from '../../src/ledger/database.ts';
import { createJointSpending } from '../../src/ledger/joint-spending.ts';
import { recordOf } from '../../test/ledger/records.ts';
import { percentile } from '../report/statistics.ts';
import { timed } from './rows.ts';

const NO_LIMITS = { perRequestUsd: 0, perConversationUsd: 0, perDayUsd: 0, perMonthUsd: 0, perProviderUsd: {} };
const COUNT = 5000;

export interface BudgetFigures {
  readonly p50Us: number | undefined;
  readonly p99Us: number | undefined;
  readonly busyP99Us: number | undefined;
  readonly busyLongestUs: number;
  readonly unlimitedP99Us: number | undefined;
  readonly overshootShare: number;
}

export async function measureBudget(path: string): Promise<BudgetFigures> {
  const open = () => openDatabase({ path, wallTime: Date.now(), thorough: false, onSetAside: () => undefined });
  const spending = createJointSpending({ open, clock: systemClock, logger: silentLogger });
  const limits = { ...NO_LIMITS, allowUnknownPrices: false };
  const over = (own: Partial<typeof limits>): LedgerBudget =>
    createBudget({ limits: () => ({ ...limits, ...own }), spending, clock: systemClock, logger: silentLogger });

  const all = { perConversationUsd: 1e6, perDayUsd: 1e6, perMonthUsd: 1e6, perProviderUsd: { cloud: 1e6 } };
  const quiet = pairs(over(all), 'quiet');
  const unlimited = pairs(over({}), 'unlimited');

  const workerPath = fileURLToPath(new URL('../../src/ledger/worker.ts', import.meta.url));
  const takeBooking = (): boolean => true;
  const ledger = createLedger({
    workerPath,
    databasePath: path,
    takeBooking,
    clock: systemClock,
    logger: silentLogger,
  });
  const busy: number[] = [];
  for (let round = 0; round < 50; round++) {
    for (let i = 0; i < 50; i++) ledger.add(recordOf({ startedAt: Date.now() }));
    await ledger.report();
    for (let i = 0; i < 50; i++) ledger.add(recordOf({ startedAt: Date.now() }));
    const report = ledger.report();
    busy.push(...pairs(over(all), `busy-${round}`, 40));
    await report;
  }
  await ledger.dispose();

  const overshootShare = await overshoot(over({ perMonthUsd: 3 }), over({}));
  spending.dispose();
  return {
    p50Us: percentile(quiet, 50),
    p99Us: percentile(quiet, 99),
    busyP99Us: percentile(busy, 99),
    busyLongestUs: Math.max(...busy),
    unlimitedP99Us: percentile(unlimited, 99),
    overshootShare,
  };
}

const QUERY = { purpose: 'chat', conversationId: 'c', providerId: 'cloud', model: 'm' } as const;

function pairs(budget: LedgerBudget, name: string, count = COUNT): readonly number[] {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const id = `${name}-${i}`;
    const highest = { usd: 0.000_01, certainty: 'estimated' } as const;
    const [elapsedMs] = timed(() => {
      const query = { ...QUERY, id, requestId: id, highest, requestBudgetUsd: undefined };
      budget.reserve(query).settle({ usd: 0.000_005, certainty: 'exact' });
    });
    times.push(elapsedMs * 1000);
  }
  return times;
}

/** Of what was left of the limit when it began. */
async function overshoot(budget: LedgerBudget, free: LedgerBudget): Promise<number> {
  free.dispose();
  const [before] = budget.states();
  const left = (before?.limitUsd ?? 0) - (before?.spentUsd ?? 0);
  let spent = 0;
  const one = async (index: number): Promise<void> => {
    await Promise.resolve();
    const highest = { usd: 0.02, certainty: 'estimated' } as const;
    const id = `many-${index}`;
    try {
      const reservation = budget.reserve({ ...QUERY, id, requestId: id, highest, requestBudgetUsd: undefined });
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      const usd = (index % 21) / 1000;
      spent += usd;
      reservation.settle({ usd, certainty: 'exact' });
    } catch {
      // Refused: that is the point.
    }
  };
  // In waves, so that what is given back is asked for again.
  for (let wave = 0; wave < 10; wave++) {
    await Promise.all(Array.from({ length: 1000 }, (_, index) => one(wave * 1000 + index)));
  }
  if (spent < left / 2) throw new Error(`Only ${spent} of ${left} dollars were spent: this says nothing.`);
  return Math.max(0, spent - left - 1e-9) / left;
}
