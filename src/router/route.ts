/** Decides who is asked, in which order, at this moment: the shortlist, less those that are resting, blocked or forbidden. */
import type { Clock } from '../base/clock.ts';
import { ReaperError } from '../base/errors.ts';
import { type Candidate, type Exclusion, type Shortlist, shortlist, type Unprobed } from './candidates.ts';
import type { Egress } from './egress.ts';
import type { ModelInput, ModelRequest, Purpose, RoutingHints } from './model-request.ts';
import type { Penalties, Standing } from './penalties.ts';
import type { Probes } from './probes.ts';
import type { ProviderProfile } from './provider-definition.ts';

export interface RoutesOptions {
  readonly profiles: () => readonly ProviderProfile[];
  readonly probes: Probes;
  readonly penalties: Penalties;
  readonly egress: Egress;
  readonly clock: Clock;
}

export interface Route {
  readonly candidates: Iterable<Candidate>;
  excluded(): readonly Exclusion[];
}

export interface Routes {
  forRequest(request: ModelRequest): Route;
  /** Servers worth a wait, because without them there is only what is embedded. */
  unprobed(request: ModelRequest): readonly Unprobed[];
  /** Those that would be asked for completions now, best first; the same array until something changes. */
  forCompletions(): readonly Candidate[];
}

export function createRoutes(options: RoutesOptions): Routes {
  const { penalties, probes, clock } = options;
  const shortlists = new Map<ModelInput['type'], Shortlist>();
  let builtFrom: readonly ProviderProfile[] | undefined;
  let builtAtProbe = -1;

  let completions: readonly Candidate[] = [];
  let completionsFrom: Shortlist | undefined;
  let completionsAtPenalty = -1;
  let completionsUntilMs = 0;

  function listFor(inputType: ModelInput['type'], hints: RoutingHints | undefined): Shortlist {
    const profiles = options.profiles();
    if (hints?.providers !== undefined || hints?.model !== undefined) {
      return shortlist(profiles, inputType, hints, probes);
    }
    if (profiles !== builtFrom || probes.version !== builtAtProbe) {
      shortlists.clear();
      builtFrom = profiles;
      builtAtProbe = probes.version;
    }
    let list = shortlists.get(inputType);
    if (list === undefined) {
      list = shortlist(profiles, inputType, undefined, probes);
      shortlists.set(inputType, list);
    }
    return list;
  }

  return {
    forRequest(request) {
      const list = listFor(request.input.type, request.routing);
      return createRoute(list, request.purpose, options);
    },
    unprobed(request) {
      const { candidates, unprobed } = listFor(request.input.type, request.routing);
      return candidates.some(({ location }) => location !== 'embedded') ? [] : unprobed;
    },
    forCompletions() {
      const list = listFor('fim', undefined);
      if (list !== completionsFrom || penalties.version !== completionsAtPenalty || clock.now() >= completionsUntilMs) {
        completions = [...createRoute(list, 'completion', options).candidates];
        completionsFrom = list;
        completionsAtPenalty = penalties.version;
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

function createRoute(list: Shortlist, purpose: Purpose, options: RoutesOptions): Route {
  const { penalties, egress } = options;
  const passedOver: Exclusion[] = [];

  function forbidden(candidate: Candidate): boolean {
    if (candidate.location === 'embedded') return false;
    try {
      egress.check({ url: candidate.baseUrl, purpose, providerId: candidate.providerId, bytesSent: 0 });
      return false;
    } catch (error) {
      if (!(error instanceof ReaperError)) throw error;
      passedOver.push({ providerId: candidate.providerId, reason: error.message, error });
      return true;
    }
  }

  function* inOrder(): Generator<Candidate, void, undefined> {
    const later: { readonly candidate: Candidate; readonly standing: Exclude<Standing, { type: 'good' }> }[] = [];
    let anyAsked = false;
    for (const candidate of list.candidates) {
      const standing = penalties.standing(candidate);
      if (standing.type !== 'good') {
        later.push({ candidate, standing });
      } else if (!forbidden(candidate)) {
        anyAsked = true;
        yield candidate;
      }
    }
    // The last candidate is always allowed: better a try that may fail than no try at all. But a key that was rejected is tried
    // again only when the user asks for something, not at each keystroke.
    const again = later.filter(({ standing }) => standing.type === 'resting' || purpose !== 'completion');
    again.sort((a, b) => releaseOf(a.standing) - releaseOf(b.standing));
    const chosen = anyAsked ? undefined : again.find(({ candidate }) => !forbidden(candidate));
    for (const { candidate, standing } of later) {
      if (candidate !== chosen?.candidate) {
        const { message } = standing.error;
        passedOver.push({ providerId: candidate.providerId, reason: message, error: standing.error });
      }
    }
    if (chosen !== undefined) yield chosen.candidate;
  }

  return { candidates: { [Symbol.iterator]: inOrder }, excluded: () => [...passedOver, ...list.excluded] };
}

function releaseOf(standing: Exclude<Standing, { type: 'good' }>): number {
  return standing.type === 'resting' ? standing.untilMs : Number.MAX_VALUE;
}
