/** Sentences about money, for the status bar, notifications and the report. */
import * as vscode from 'vscode';
import type { BudgetState } from '../../ledger/budget-limits.ts';
import { dollars } from '../../ledger/dollars.ts';
import type { MoneyFacts } from './money-status.ts';

/** Beside the name in the status bar; empty as long as nothing was spent. */
export function costLabel({ todayUsd, isLowerBound }: MoneyFacts): string {
  return todayUsd === 0 ? '' : ` ${amountText(todayUsd, isLowerBound)}`;
}

export function moneyTexts({ todayUsd, isLowerBound, scarce, refusal, trouble }: MoneyFacts): readonly string[] {
  return [
    ...(todayUsd === 0 && !isLowerBound
      ? []
      : [
          isLowerBound
            ? vscode.l10n.t('Spent today: at least {0}; some prices are not known.', dollars(todayUsd))
            : vscode.l10n.t('Spent today: {0}.', dollars(todayUsd)),
        ]),
    ...scarce.map(budgetText),
    ...(refusal === undefined ? [] : [refusal]),
    ...(trouble === undefined ? [] : [trouble]),
  ];
}

export function budgetText(state: BudgetState): string {
  const left = state.limitUsd - state.spentUsd;
  return left <= 0
    ? vscode.l10n.t('The limit {0} of {1} is used up.', limitName(state), dollars(state.limitUsd))
    : vscode.l10n.t('Of the limit {0} of {1}, {2} is left.', limitName(state), dollars(state.limitUsd), dollars(left));
}

export function limitName({ scope, providerId }: BudgetState): string {
  switch (scope) {
    case 'request':
      return vscode.l10n.t('for one request');
    case 'conversation':
      return vscode.l10n.t('for this conversation');
    case 'day':
      return vscode.l10n.t('for today');
    case 'month':
      return vscode.l10n.t('for this month');
    case 'provider':
      return vscode.l10n.t('for {0} in this month', providerId ?? '');
  }
}

/** `≥` where some prices are not known. */
export function amountText(usd: number, isLowerBound: boolean): string {
  return `${isLowerBound ? '≥ ' : ''}${dollars(usd)}`;
}
