/** Why a limit keeps a request from being sent: the limit, what is left, and the setting. */
import { ReaperError } from '../base/errors.ts';
import type { BudgetQuery } from '../router/budget.ts';
import type { BudgetScope, BudgetState } from './budget-limits.ts';
import { dollars } from './dollars.ts';

export function noRoomError(state: BudgetState, usd: number, { model, requestBudgetUsd }: BudgetQuery): ReaperError {
  const left = Math.max(0, state.limitUsd - state.spentUsd);
  const isHint = state.scope === 'request' && state.limitUsd === requestBudgetUsd;
  const way = isHint
    ? 'Ask for less, or choose a cheaper model.'
    : `Raise ${settingOf(state.scope)}, or choose a cheaper model or one on this machine.`;
  return new ReaperError(
    'budget',
    `${modelName(model)} may cost up to ${dollars(usd)}, and of the limit of ${dollars(state.limitUsd)} ${periodOf(state)} ${left === 0 ? 'nothing' : dollars(left)} is left. ${way}`,
  );
}

export function unknownPriceError({ model }: BudgetQuery): ReaperError {
  return new ReaperError(
    'budget',
    `What ${modelName(model)} costs is not known, and a limit is set. Give its price in reaper.prices.overrides, or turn on reaper.budget.allowUnknownPrices.`,
  );
}

export function settingOf(scope: BudgetScope): string {
  switch (scope) {
    case 'request':
      return 'reaper.budget.perRequestUsd';
    case 'conversation':
      return 'reaper.budget.perConversationUsd';
    case 'day':
      return 'reaper.budget.perDayUsd';
    case 'month':
      return 'reaper.budget.perMonthUsd';
    case 'provider':
      return 'reaper.budget.perProviderUsd';
  }
}

function periodOf({ scope, providerId }: BudgetState): string {
  switch (scope) {
    case 'request':
      return 'for one request';
    case 'conversation':
      return 'for this conversation';
    case 'day':
      return 'for today';
    case 'month':
      return 'for this month';
    case 'provider':
      return `for ${providerId ?? 'this provider'} in this month`;
  }
}

function modelName(model: string): string {
  return model === '' ? 'This model' : model;
}
