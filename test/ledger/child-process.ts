/** Another window, as a process: writes rows or reserves money, as its arguments say, until it is done or killed. */
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { createBudget } from '../../src/ledger/create-budget.ts';
import { openDatabase } from '../../src/ledger/database.ts';
import { createJointSpending } from '../../src/ledger/joint-spending.ts';
import { createSqliteStore } from '../../src/ledger/sqlite-store.ts';
import { rowOf } from './records.ts';

const [task, path = '', name = '', amount = '0'] = process.argv.slice(2);
const open = () =>
  openDatabase({ path, wallTime: Date.now(), thorough: task === 'write', onSetAside: () => process.exit(3) });

switch (task) {
  // Rows without end; each line of the output is a row that was committed.
  case 'write': {
    const store = createSqliteStore(open());
    for (let i = 0; ; i++) {
      store.write([rowOf({ id: `${name}-${i}`, startedAt: Date.now() })]);
      process.stdout.write(`${name}-${i}\n`);
      if (i % 50 === 0) store.maintain(Date.now());
    }
  }
  // So many requests at once; the output is what they cost.
  case 'reserve': {
    const spending = createJointSpending({ open, clock: systemClock, logger: silentLogger });
    const limits = { perRequestUsd: 0, perConversationUsd: 0, perDayUsd: 1, perMonthUsd: 0, perProviderUsd: {} };
    const budget = createBudget({
      limits: () => ({ ...limits, allowUnknownPrices: false }),
      spending,
      clock: systemClock,
      logger: silentLogger,
    });
    let spent = 0;
    const one = async (index: number): Promise<void> => {
      const query = { purpose: 'chat', conversationId: undefined, providerId: 'cloud', model: 'm' } as const;
      const id = `${name}-${index}`;
      const highest = { usd: 0.005, certainty: 'estimated' } as const;
      await Promise.resolve();
      try {
        const reservation = budget.reserve({ ...query, id, requestId: id, highest, requestBudgetUsd: undefined });
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
        const usd = (index % 5) / 1000;
        spent += usd;
        reservation.settle({ usd, certainty: 'exact' });
      } catch {
        // Refused: that is what is measured.
      }
    };
    // In waves, so that what is given back is asked for again.
    for (let wave = 0; wave < 8; wave++) {
      await Promise.all(Array.from({ length: Number(amount) }, (_, index) => one(wave * Number(amount) + index)));
    }
    process.stdout.write(JSON.stringify({ spent, states: budget.states() }));
    spending.dispose();
    break;
  }
  // Sets money aside and keeps it, until it is killed.
  case 'hold': {
    const spending = createJointSpending({ open, clock: systemClock, logger: silentLogger });
    const entry = { scope: 'day', account: 'day', key: '2026-11-21', providerId: undefined, limitUsd: 1 } as const;
    spending.reserve(name, [entry], Number(amount));
    process.stdout.write('held\n');
    setInterval(() => undefined, 1000);
    break;
  }
  default:
    throw new Error(`No such task: ${task}`);
}
