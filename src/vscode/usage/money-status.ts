/** What was spent today and which limits are nearly used up: kept ready for the status bar, which asks at every key. */
import { type Disposable, DisposableStore } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/event.ts';
import type { BudgetState } from '../../ledger/budget-limits.ts';
import type { Money } from './build-money.ts';

export interface MoneyFacts {
  readonly todayUsd: number;
  /** Something was used whose price is not known. */
  readonly isLowerBound: boolean;
  /** Limits of which little or nothing is left. */
  readonly scarce: readonly BudgetState[];
  /** Why usage cannot be written. */
  readonly trouble: string | undefined;
}

export interface MoneyStatus extends Disposable {
  facts(): MoneyFacts;
  readonly onDidChange: Event<void>;
}

const SCARCE_SHARE = 0.8;

export function createMoneyStatus(
  { ledger, budget }: Pick<Money, 'ledger' | 'budget'>,
  onSettingsChanged: Event<void>,
): MoneyStatus {
  const store = new DisposableStore();
  const changed = store.add(new Emitter<void>());
  let scarce: readonly BudgetState[] | undefined;
  const update = (): void => {
    // Read again when it is asked for: this may come in the middle of a request.
    scarce = undefined;
    changed.fire();
  };
  store.add(ledger.onTotalsChanged(update));
  store.add(ledger.onTroubleChanged(update));
  store.add(budget.onNearlySpent(update));
  store.add(onSettingsChanged(update));
  return {
    facts() {
      const { today } = ledger.totals();
      scarce ??= budget.states().filter(({ spentUsd, limitUsd }) => spentUsd >= limitUsd * SCARCE_SHARE);
      return {
        todayUsd: today.usd,
        isLowerBound: today.unknown > 0,
        scarce,
        trouble: ledger.trouble()?.message,
      };
    },
    onDidChange: changed.event,
    dispose: () => store.dispose(),
  };
}
