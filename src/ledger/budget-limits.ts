/** What the user is ready to pay, as the settings `reaper.budget.*` say it. */

/** US dollars; `0` is no limit. */
export interface BudgetLimits {
  readonly perRequestUsd: number;
  readonly perConversationUsd: number;
  /** Of the user's calendar, all windows together. */
  readonly perDayUsd: number;
  readonly perMonthUsd: number;
  /** By provider id, for each calendar month. */
  readonly perProviderUsd: Readonly<Record<string, number>>;
  /** Models without a known price may be used although a limit is set. */
  readonly allowUnknownPrices: boolean;
}

export type BudgetScope = 'request' | 'conversation' | 'day' | 'month' | 'provider';

/** What of a limit is used up, set-aside money included. */
export interface BudgetState {
  readonly scope: BudgetScope;
  /** For `provider`. */
  readonly providerId: string | undefined;
  readonly limitUsd: number;
  readonly spentUsd: number;
}

/** Money that is spent in a calendar period, or under one name. */
export interface SpendEntry {
  readonly scope: BudgetScope;
  /** What the sums are kept under: `day`, `month`, `provider openai`, `conversation`. */
  readonly account: string;
  /** A day, a month, or the id of a conversation. */
  readonly key: string;
  readonly providerId: string | undefined;
  /** `Infinity`: counted, but not limited. */
  readonly limitUsd: number;
}

export function isLimited(limits: BudgetLimits): boolean {
  const { perRequestUsd, perConversationUsd, perDayUsd, perMonthUsd, perProviderUsd } = limits;
  return [perRequestUsd, perConversationUsd, perDayUsd, perMonthUsd, ...Object.values(perProviderUsd)].some(isLimit);
}

/** Where an attempt of this provider at this moment is counted. */
export function entriesOf(
  limits: BudgetLimits,
  attempt: {
    readonly providerId: string;
    readonly conversationId: string | undefined;
    readonly day: string;
    readonly month: string;
  },
): readonly SpendEntry[] {
  const { providerId, conversationId, day, month } = attempt;
  const ofProvider = Object.hasOwn(limits.perProviderUsd, providerId) ? limits.perProviderUsd[providerId] : 0;
  return [
    ...(conversationId === undefined
      ? []
      : [entry('conversation', 'conversation', conversationId, limits.perConversationUsd)]),
    entry('day', 'day', day, limits.perDayUsd),
    entry('provider', `provider ${providerId}`, month, ofProvider ?? 0, providerId),
    entry('month', 'month', month, limits.perMonthUsd),
  ];
}

/** The limits that hold whatever is asked, for display. */
export function standingEntries(limits: BudgetLimits, day: string, month: string): readonly SpendEntry[] {
  return [
    entry('day', 'day', day, limits.perDayUsd),
    entry('month', 'month', month, limits.perMonthUsd),
    ...Object.entries(limits.perProviderUsd).map(([providerId, limit]) =>
      entry('provider', `provider ${providerId}`, month, limit, providerId),
    ),
  ].filter(({ limitUsd }) => limitUsd < Infinity);
}

function entry(scope: BudgetScope, account: string, key: string, limit: number, providerId?: string): SpendEntry {
  return { scope, account, key, providerId, limitUsd: isLimit(limit) ? limit : Infinity };
}

function isLimit(limit: number): boolean {
  return limit > 0;
}
