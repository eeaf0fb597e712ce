/** The money of attempts: set aside before anything is sent, watched while the answer comes, settled at the end. */
import type { ReaperError } from '../base/errors.ts';
import type { AttemptPlan } from './attempt.ts';
import { tooDearError } from './attempt-errors.ts';
import { type Budget, noBudget, type Reservation } from './budget.ts';
import type { Candidate } from './candidates.ts';
import { highestInputTokens, tokens } from './estimate-usage.ts';
import { mayHaveArrived } from './network-errors.ts';
import { FREE, highestInput } from './price-catalogue.ts';
import { noPrices, type PriceQuery, type Prices } from './prices.ts';
import type { Cost } from './request-record.ts';
import type { TokenUsage } from './stream-part.ts';

export interface AttemptCosts {
  begin(plan: AttemptPlan): AttemptCost;
}

/** How an attempt ended, as far as the bill is concerned. */
export interface BilledEnd {
  /** Nothing was sent, so nothing is owed. */
  readonly wasSent: boolean;
  /** The server told of tokens, or text came: it worked. */
  readonly hasWorked: boolean;
  readonly error: ReaperError | undefined;
  readonly usage: TokenUsage;
}

export interface AttemptCost {
  /** Loads the prices if they are not in memory; at once where nobody is billed. Never rejects. */
  ready(): Promise<void>;
  /** Synchronous, right before the request is sent; throws `ReaperError('budget')`. */
  reserve(): void;
  /** The answer has so many characters by now. Throws `ReaperError('budget')` when no more can be set aside for it. */
  grew(characters: number): void;
  /** Once; also for an attempt that never came to `reserve`. */
  settle(end: BilledEnd): Cost;
}

const NOTHING: Cost = { usd: 0, certainty: 'exact' };
const MILLION = 1_000_000;
// An answer that passes its limit gets half of it more, as long as the budget has it: counting characters is not exact.
const EXTENSION = 0.5;

export function createAttemptCosts(prices: Prices = noPrices, budget: Budget = noBudget): AttemptCosts {
  const lengths = createOutputLengths();
  return { begin: (plan) => createAttemptCost(plan, prices, budget, lengths) };
}

function createAttemptCost(plan: AttemptPlan, prices: Prices, budget: Budget, lengths: OutputLengths): AttemptCost {
  const { candidate, request } = plan;
  const query = priceQueryOf(candidate);
  const { capabilities } = candidate.profile.definition;
  let reservation: Reservation | undefined;
  let allowedTokens = Infinity;
  let usdPerToken = 0;

  /** Of the whole answer, in dollars. */
  function outputUsd(input: TokenUsage, output: number): number {
    return prices.cost(query, { ...input, output }).usd - prices.cost(query, input).usd;
  }

  return {
    ready: () => (query.catalogue === FREE ? Promise.resolve() : prices.ready()),

    reserve() {
      const input = highestInput(highestInputTokens(request.input), capabilities.promptCache);
      const highest = prices.cost(query, { ...input, output: request.limits.maxOutputTokens });
      reservation = budget.reserve({
        id: plan.id,
        requestId: plan.requestId,
        purpose: request.purpose,
        conversationId: request.conversationId,
        providerId: candidate.providerId,
        model: candidate.model,
        highest,
        requestBudgetUsd: request.routing?.budgetUsd,
      });
      if (reservation.ceilingUsd === Infinity) return;
      usdPerToken = outputUsd(input, MILLION) / MILLION;
      const forOutput = reservation.ceilingUsd - prices.cost(query, input).usd;
      allowedTokens = usdPerToken > 0 ? forOutput / usdPerToken : Infinity;
    },

    grew(characters) {
      if (allowedTokens === Infinity) return;
      const needed = tokens(characters);
      if (needed <= allowedTokens) return;
      const more = Math.max(needed - allowedTokens, request.limits.maxOutputTokens * EXTENSION);
      if (reservation?.extend(more * usdPerToken) === false) throw tooDearError(candidate);
      allowedTokens += more;
    },

    settle(end) {
      const known = costOf(end);
      // A price that was lost meanwhile must not make free what was set aside.
      const ceilingUsd = reservation?.ceilingUsd ?? Infinity;
      const isLost = known.certainty === 'unknown' && ceilingUsd < Infinity;
      const cost: Cost = isLost ? { usd: ceilingUsd, certainty: 'estimated' } : known;
      reservation?.settle(cost);
      reservation = undefined;
      allowedTokens = Infinity;
      return cost;
    },
  };

  function costOf({ wasSent, hasWorked, error, usage }: BilledEnd): Cost {
    if (!wasSent) return NOTHING;
    if (error === undefined) {
      lengths.note(candidate.key, usage.output + usage.reasoning);
      return prices.cost(query, usage);
    }
    // The server said no before it began: nobody bills that. A connection that broke says nothing of the kind.
    if (!hasWorked && error.kind !== 'cancelled' && !mayHaveArrived(error)) return NOTHING;
    return prices.cost(query, { ...usage, ...abandonedOutput(usage), estimated: true });
  }

  /** Some go on writing, and billing, when nobody listens any more (facts/router §3.2). */
  function abandonedOutput(usage: TokenUsage): { readonly output: number } {
    if (capabilities.stopsBillingOnDisconnect) return usage;
    const usual = lengths.usual(candidate.key) ?? request.limits.maxOutputTokens;
    return { output: Math.max(usage.output, Math.min(request.limits.maxOutputTokens, usual) - usage.reasoning) };
  }
}

/** A server on this machine bills nobody, unless its definition says whose prices count; the user's own list counts first. */
export function priceQueryOf({ providerId, model, profile, location }: Candidate): PriceQuery {
  const { definition } = profile;
  const isFree = location !== 'remote' && definition.prices === undefined;
  return { providerId, model, catalogue: isFree ? FREE : definition.prices };
}

interface OutputLengths {
  note(key: string, outputTokens: number): void;
  /** The length that 95 % of the answers do not pass; `undefined` before there are enough of them. */
  usual(key: string): number | undefined;
}

const LENGTHS_KEPT = 100;
const FEWEST_LENGTHS = 20;

function createOutputLengths(): OutputLengths {
  const kept = new Map<string, number[]>();
  return {
    note(key, outputTokens) {
      const lengths = kept.get(key) ?? [];
      kept.set(key, lengths);
      lengths.push(outputTokens);
      if (lengths.length > LENGTHS_KEPT) lengths.shift();
    },
    usual(key) {
      const lengths = kept.get(key);
      if (lengths === undefined || lengths.length < FEWEST_LENGTHS) return undefined;
      return lengths.toSorted((left, right) => left - right)[Math.ceil(lengths.length * 0.95) - 1];
    },
  };
}
