import assert from 'node:assert/strict';
import { Emitter } from '../../../src/base/event.ts';
import type { BudgetState } from '../../../src/ledger/budget-limits.ts';
import type { LedgerTrouble } from '../../../src/ledger/messages.ts';
import { NO_USAGE, type UsageTotals } from '../../../src/ledger/usage.ts';
import type { RequestRecord } from '../../../src/router/request-record.ts';
import type { Money } from '../../../src/vscode/usage/build-money.ts';
import { createMoneyStatus, type MoneyStatus } from '../../../src/vscode/usage/money-status.ts';
import { recordOf } from '../../ledger/records.ts';

describe('the state of money', () => {
  const day: BudgetState = { scope: 'day', providerId: undefined, limitUsd: 1, spentUsd: 0.9 };
  const month: BudgetState = { scope: 'month', providerId: undefined, limitUsd: 10, spentUsd: 1 };
  const refused = recordOf({
    outcome: { type: 'failed', kind: 'budget', message: 'Nothing is left.' },
    cost: { usd: 0, certainty: 'exact' },
  });
  let readings: number;
  let changes: number;
  let usd: number;
  let totalsChanged: Emitter<UsageTotals>;
  let finished: Emitter<RequestRecord>;
  let settingsChanged: Emitter<void>;
  let status: MoneyStatus;

  beforeEach(() => {
    readings = 0;
    changes = 0;
    usd = 0;
    totalsChanged = new Emitter();
    finished = new Emitter();
    settingsChanged = new Emitter();
    const totals = (): UsageTotals => ({ day: '2026-11-21', today: { ...NO_USAGE, usd }, month: NO_USAGE });
    const money = {
      ledger: {
        totals,
        trouble: () => undefined,
        onTotalsChanged: totalsChanged.event,
        onTroubleChanged: new Emitter<LedgerTrouble | undefined>().event,
      },
      budget: {
        states: () => {
          readings++;
          return [day, month];
        },
        onNearlySpent: new Emitter<BudgetState>().event,
      },
      // Only what the state is made of.
    } as unknown as Pick<Money, 'ledger' | 'budget'>;
    status = createMoneyStatus({ money, onRequestFinished: finished.event, onSettingsChanged: settingsChanged.event });
    status.onDidChange(() => changes++);
  });
  afterEach(() => {
    status.dispose();
    for (const emitter of [totalsChanged, finished, settingsChanged]) assert.equal(emitter.listenerCount, 0);
  });

  const spend = (): void => totalsChanged.fire({ day: '', today: NO_USAGE, month: NO_USAGE });

  it('opens no database while the editor starts, and reads it no more often than something changes', () => {
    assert.deepEqual(status.facts().scarce, []);
    assert.equal(readings, 0);
    usd = 0.5;
    spend();
    assert.equal(changes, 1);
    assert.deepEqual(status.facts().scarce, [day]);
    assert.equal(status.facts().todayUsd, 0.5);
    assert.equal(readings, 1);
  });

  it('tells why nothing is sent, until something is sent again or the settings change', () => {
    finished.fire(refused);
    finished.fire(refused);
    assert.equal(status.facts().refusal, 'Nothing is left.');
    assert.equal(changes, 1);
    finished.fire(recordOf({ cost: { usd: 0, certainty: 'exact' } }));
    assert.equal(status.facts().refusal, 'Nothing is left.');
    finished.fire(recordOf());
    assert.equal(status.facts().refusal, undefined);
    finished.fire(refused);
    settingsChanged.fire();
    assert.equal(status.facts().refusal, undefined);
  });
});
