/** What was spent today and which limits are nearly used up: kept ready for the status bar, which asks at every key. */
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/event.ts';
import type { BudgetState } from '../../ledger/budget-limits.ts';
import type { RequestRecord } from '../../router/request-record.ts';
import type { Money } from './build-money.ts';

export interface MoneyFacts {
  readonly todayUsd: number;
  /** Something was used whose price is not known. */
  readonly isLowerBound: boolean;
  /** Limits of which little or nothing is left. */
  readonly scarce: readonly BudgetState[];
  /** Why the last request that would have cost something was not sent; until one is sent again. */
  readonly refusal: string | undefined;
  /** Why usage cannot be written. */
  readonly trouble: string | undefined;
}

export interface MoneyStatus extends Disposable {
  facts(): MoneyFacts;
  readonly onDidChange: Event<void>;
}

const SCARCE_SHARE = 0.8;

export interface MoneyStatusOptions {
  readonly money: Pick<Money, 'ledger' | 'budget'>;
  readonly onRequestFinished: Event<RequestRecord>;
  readonly onSettingsChanged: Event<void>;
}

export function createMoneyStatus(options: MoneyStatusOptions): MoneyStatus {
  const { ledger, budget } = options.money;
  const store = new DisposableStore();
  const changed = store.add(new Emitter<void>());
  // Read once the ledger has told of itself: at the start of the editor nobody should wait for a disk.
  let scarce: readonly BudgetState[] | undefined = [];
  let refusal: string | undefined;
  const update = (): void => {
    // Read again when it is asked for: this may come in the middle of a request.
    scarce = undefined;
    changed.fire();
  };
  store.add(ledger.onTotalsChanged(update));
  store.add(ledger.onTroubleChanged(update));
  store.add(budget.onNearlySpent(update));
  const setRefusal = (message: string | undefined): void => {
    if (message === refusal) return;
    refusal = message;
    update();
  };
  store.add(
    options.onRequestFinished(({ outcome, cost }) => {
      if (outcome.type === 'failed' && outcome.kind === 'budget') setRefusal(outcome.message);
      else if (cost.usd > 0) setRefusal(undefined);
    }),
  );
  store.add(
    options.onSettingsChanged(() => {
      refusal = undefined;
      update();
    }),
  );
  return {
    facts() {
      const { today } = ledger.totals();
      scarce ??= budget.states().filter(({ spentUsd, limitUsd }) => spentUsd >= limitUsd * SCARCE_SHARE);
      return {
        todayUsd: today.usd,
        isLowerBound: today.unknown > 0,
        scarce,
        refusal,
        trouble: ledger.trouble()?.message,
      };
    },
    onDidChange: changed.event,
    dispose: () => store.dispose(),
  };
}
