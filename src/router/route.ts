/** Decides who is asked, in which order, at this moment: the shortlist in order, less those that are resting, blocked or forbidden. */
import type { Clock } from '../base/clock.ts';
import { ReaperError } from '../base/errors.ts';
import { type Absent, type Candidate, type Exclusion, type Shortlist, shortlist, type Unprobed } from './candidates.ts';
import type { ResolvedRouting } from './default-routing.ts';
import type { MissedChoice } from './degradation.ts';
import type { Egress } from './egress.ts';
import type { Admissions } from './limits/admission.ts';
import type { ModelRequest, Purpose, RoutingHints } from './model-request.ts';
import { COMPLETION_NEED, type ModelUse, type Need, needOf } from './need.ts';
import type { Ordering, OrderWish } from './order.ts';
import type { Penalties, Standing } from './penalties.ts';
import type { Probes } from './probes.ts';
import type { ProviderProfile } from './provider-definition.ts';

export interface RoutesOptions {
  readonly profiles: (use: ModelUse) => readonly ProviderProfile[];
  readonly probes: Probes;
  readonly penalties: Penalties;
  readonly admissions: Pick<Admissions, 'standing'>;
  readonly egress: Egress;
  readonly ordering: Ordering;
  readonly clock: Clock;
}

export interface Route {
  /**
   * Whose turn it is; whether one may be asked is decided only now, so a late change still counts. Those that `suits` does not
   * want keep their turn.
   */
  next(suits?: (candidate: Candidate) => boolean): Candidate | undefined;
  /** It was not asked after all. */
  putBack(candidate: Candidate): void;
  /** Whether somebody else could be asked as well. */
  hasNext(): boolean;
  /** It was asked and could not answer. */
  failed(candidate: Candidate, error: ReaperError): void;
  /** In place of whom this one answers; `undefined`: nobody better was to be had. */
  missedBy(candidate: Candidate): MissedChoice | undefined;
  excluded(): readonly Exclusion[];
}

export interface Routes {
  forRequest(request: ModelRequest, routing: ResolvedRouting, affinity: string | undefined): Route;
  /** Servers worth a wait, because without them there is only what is embedded. */
  unprobed(request: ModelRequest): readonly Unprobed[];
  /** Those that would be asked for completions now, best first and nothing left to chance; the same array until something changes. */
  forCompletions(wish: OrderWish): readonly Candidate[];
}

export function createRoutes(options: RoutesOptions): Routes {
  const { probes, penalties, ordering, clock } = options;
  const shortlists = new Map<string, Shortlist>();
  const builtFrom = new Map<ModelUse, readonly ProviderProfile[]>();
  let builtAtProbe = -1;

  let completions: readonly Candidate[] = [];
  let completionsFor: readonly unknown[] = [];
  let completionsUntilMs = 0;

  function listFor(need: Need, hints: RoutingHints | undefined): Shortlist {
    const profiles = options.profiles(need.use);
    if (hints?.providers !== undefined || hints?.model !== undefined) {
      return shortlist(profiles, need, hints, probes);
    }
    if (profiles !== builtFrom.get(need.use) || probes.version !== builtAtProbe) {
      shortlists.clear();
      builtFrom.set(need.use, profiles);
      builtAtProbe = probes.version;
    }
    let list = shortlists.get(need.key);
    if (list === undefined) {
      list = shortlist(profiles, need, undefined, probes);
      shortlists.set(need.key, list);
    }
    return list;
  }

  return {
    forRequest(request, routing, affinity) {
      const list = listFor(needOf(request), request.routing);
      return createRoute(
        { list, wish: wishOf(request, routing), affinity, purpose: request.purpose, request },
        options,
      );
    },
    unprobed(request) {
      const { candidates, unprobed } = listFor(needOf(request), request.routing);
      return candidates.some(({ location }) => location !== 'embedded') ? [] : unprobed;
    },
    forCompletions(wish) {
      const list = listFor(COMPLETION_NEED, undefined);
      const basis = [list, penalties.version, ordering.version(wish), wish.order, wish.local];
      if (clock.now() >= completionsUntilMs || basis.some((value, index) => value !== completionsFor[index])) {
        const route = createRoute({ list, wish, affinity: undefined, purpose: 'completion', draw: false }, options);
        const candidates: Candidate[] = [];
        for (let next = route.next(); next !== undefined; next = route.next()) candidates.push(next);
        completions = candidates;
        completionsFor = basis;
        completionsUntilMs = nextRelease(list.candidates, penalties);
      }
      return completions;
    },
  };
}

/** When the first resting candidate may be asked again. */
function nextRelease(candidates: readonly Candidate[], penalties: Penalties): number {
  let untilMs = Infinity;
  for (const candidate of candidates) {
    const standing = penalties.standing(candidate);
    if (standing.type === 'resting') untilMs = Math.min(untilMs, standing.untilMs);
  }
  return untilMs;
}

// Ghost text is a few lines; a turn of chat that ends in tool calls is not much longer than one that explains.
const USUAL_OUTPUT_TOKENS = { completion: 40, chat: 400 };

export function wishOf(
  { purpose, limits }: Pick<ModelRequest, 'purpose' | 'limits'>,
  routing: ResolvedRouting,
): OrderWish {
  const usual = USUAL_OUTPUT_TOKENS[purpose === 'completion' ? 'completion' : 'chat'];
  return { order: routing.order, local: routing.local, outputTokens: Math.min(usual, limits.maxOutputTokens) };
}

interface RoutePlan {
  readonly list: Shortlist;
  readonly wish: OrderWish;
  /** The candidate that the conversation stays with. */
  readonly affinity: string | undefined;
  readonly purpose: Purpose;
  /** `undefined`: of requests in general. */
  readonly request?: ModelRequest;
  readonly draw?: boolean;
}

type Awaiting = Exclude<Standing, { type: 'good' }>;

function createRoute(
  { list, wish, affinity, purpose, request, draw = true }: RoutePlan,
  options: RoutesOptions,
): Route {
  const { penalties, admissions, egress, ordering } = options;
  const ranked = withFirst(ordering.ordered(list.candidates, wish), (candidate) => candidate.key === affinity);
  /** Who failed rests; and who has no room for this very request is asked no sooner than it has. */
  function standingOf(candidate: Candidate): Standing {
    const standing = penalties.standing(candidate);
    return standing.type === 'good' && request !== undefined ? admissions.standing(candidate, request) : standing;
  }
  const isGood = (candidate: Candidate): boolean => standingOf(candidate).type === 'good';
  const drawn = draw && ranked[0]?.key !== affinity ? ordering.draw(ranked, wish, isGood) : undefined;
  const ordered = drawn === undefined ? ranked : withFirst(ranked, (candidate) => candidate === drawn);
  const forbidden = new Map<Candidate, Exclusion | undefined>();
  const later = new Map<Candidate, Awaiting>();
  const missed = new Map<Candidate, string>();
  let waiting = new Set(ordered);
  let anyAsked = false;
  let lastResortTaken = false;

  function isForbidden(candidate: Candidate): boolean {
    if (candidate.location === 'embedded') return false;
    if (!forbidden.has(candidate)) forbidden.set(candidate, prohibition(candidate));
    return forbidden.get(candidate) !== undefined;
  }

  function prohibition(candidate: Candidate): Exclusion | undefined {
    try {
      egress.check({ url: candidate.baseUrl, purpose, providerId: candidate.providerId, bytesSent: 0 });
      return undefined;
    } catch (error) {
      if (!(error instanceof ReaperError)) throw error;
      return { providerId: candidate.providerId, reason: error.message, error };
    }
  }

  /** The last candidate is always allowed: better a try that may fail than no try at all. But a key that was rejected is tried
   * again only when the user asks for something, not at each keystroke. */
  function lastResort(): Candidate | undefined {
    if (anyAsked || lastResortTaken) return undefined;
    lastResortTaken = true;
    const again = [...later].filter(([, standing]) => standing.type === 'resting' || purpose !== 'completion');
    again.sort(([, a], [, b]) => releaseOf(a) - releaseOf(b));
    const chosen = again.find(([candidate]) => !isForbidden(candidate))?.[0];
    if (chosen !== undefined) later.delete(chosen);
    return chosen;
  }

  return {
    next(suits) {
      for (const candidate of waiting) {
        const standing = standingOf(candidate);
        if (standing.type !== 'good') {
          waiting.delete(candidate);
          later.set(candidate, standing);
          missed.set(candidate, standing.error.message);
        } else if (isForbidden(candidate)) {
          waiting.delete(candidate);
        } else if (suits === undefined || suits(candidate)) {
          waiting.delete(candidate);
          anyAsked = true;
          return candidate;
        }
      }
      return suits === undefined ? lastResort() : undefined;
    },
    putBack(candidate) {
      waiting = new Set(ordered.filter((other) => other === candidate || waiting.has(other)));
    },
    hasNext: () => [...waiting].some((candidate) => isGood(candidate) && !isForbidden(candidate)),
    failed: (candidate, error) => void missed.set(candidate, error.message),
    missedBy(candidate) {
      const ahead = ranked.slice(0, ranked.indexOf(candidate)).find((other) => missed.has(other));
      if (ahead !== undefined) {
        return { providerId: ahead.providerId, location: ahead.location, reason: missed.get(ahead) ?? '' };
      }
      return list.absent.find((absent) => outranks(absent, candidate, list, wish));
    },
    excluded: () => [
      ...[...forbidden.values()].filter((exclusion) => exclusion !== undefined),
      ...[...later].map(([{ providerId }, { error }]) => ({ providerId, reason: error.message, error })),
      ...list.excluded,
    ],
  };
}

function withFirst(candidates: readonly Candidate[], isFirst: (candidate: Candidate) => boolean): readonly Candidate[] {
  const index = candidates.findIndex(isFirst);
  const first = candidates[index];
  return index <= 0 || first === undefined ? candidates : [first, ...candidates.filter((other) => other !== first)];
}

/** Whether one that is not there would have been asked first; by speed or price that cannot be told. */
function outranks(absent: Absent, candidate: Candidate, list: Shortlist, wish: OrderWish): boolean {
  if (candidate.location === 'embedded') return true;
  const isLocal = absent.location === 'local';
  if (wish.local !== 'as-listed' && isLocal !== (candidate.location === 'local')) {
    return isLocal === (wish.local === 'first');
  }
  return wish.order === 'listed' && absent.position <= list.candidates.indexOf(candidate);
}

function releaseOf(standing: Awaiting): number {
  return standing.type === 'resting' ? standing.untilMs : Number.MAX_VALUE;
}
