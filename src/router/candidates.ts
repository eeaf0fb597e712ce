/** Which providers could answer a kind of input, in order, and why the others could not: the part that seldom changes. */
import type { ReaperError } from '../base/errors.ts';
import { hostOf } from './http-errors.ts';
import type { RoutingHints } from './model-request.ts';
import { modelFound, namedModel, type Need } from './need.ts';
import type { PenaltyTarget } from './penalties.ts';
import { baseUrlOf, configuredModel, type Probes } from './probes.ts';
import type { ProviderProfile } from './provider-definition.ts';
import type { FimMode } from './wire.ts';

export interface Candidate extends PenaltyTarget {
  readonly profile: ProviderProfile;
  /** Empty for what runs inside the extension. */
  readonly baseUrl: string;
  /** Empty where the server has one model and asks for no name. */
  readonly model: string;
  readonly fim: FimMode;
  readonly location: 'embedded' | 'local' | 'remote';
  readonly parallelRequests: number;
}

/** A provider that is not asked, and why, in the user's words. */
export interface Exclusion {
  readonly providerId: string;
  readonly reason: string;
  /** Where it was an error that keeps it away: forbidden, or failed before. */
  readonly error?: ReaperError;
}

export interface Shortlist {
  /** In order of preference; what is embedded comes last, for it always answers. */
  readonly candidates: readonly Candidate[];
  readonly excluded: readonly Exclusion[];
  /** Set up by the user, but not probed yet: worth a short wait. */
  readonly unprobed: readonly Unprobed[];
  /** Set up by the user, but not there at the moment. */
  readonly absent: readonly Absent[];
}

export interface Absent {
  readonly providerId: string;
  readonly location: Candidate['location'];
  readonly reason: string;
  /** How many candidates are listed ahead of it. */
  readonly position: number;
}

export interface Unprobed {
  readonly profile: ProviderProfile;
  readonly model: string | undefined;
}

/** Hints restrict and reorder; without them it is the user's order. */
export function shortlist(
  profiles: readonly ProviderProfile[],
  need: Need,
  hints: RoutingHints | undefined,
  probes: Probes,
): Shortlist {
  const candidates: Candidate[] = [];
  const excluded: Exclusion[] = [];
  const unprobed: Unprobed[] = [];
  const absent: Absent[] = [];
  const wanted = hints?.providers;
  const ordered = wanted === undefined ? embeddedLast(profiles) : inHintedOrder(profiles, wanted);
  for (const [index, profile] of ordered.entries()) {
    const model = (index === 0 ? hints?.model : undefined) ?? namedModel(profile, need.use);
    const verdict = judge(profile, need, model, probes);
    if (typeof verdict !== 'string') {
      candidates.push(verdict);
      continue;
    }
    const providerId = profile.definition.id;
    excluded.push({ providerId, reason: verdict });
    if (!isSetUpByUser(profile)) continue;
    const probed = probedModel(profile, need, model);
    if (verdict === NOT_PROBED) unprobed.push({ profile, model: probed });
    else if (probes.known(profile, probed)?.reachable === false) {
      const location = locationOf(profile, baseUrlOf(profile) ?? '');
      absent.push({ providerId, location, reason: verdict, position: candidates.length });
    }
  }
  for (const providerId of wanted ?? []) {
    if (!profiles.some((profile) => profile.definition.id === providerId)) {
      excluded.push({ providerId, reason: 'there is no such provider' });
    }
  }
  return { ...preferSeeing(candidates, excluded, need), unprobed, absent };
}

/** Images go to those who see, if there are any; elsewhere they are left out with a warning. */
function preferSeeing(
  candidates: readonly Candidate[],
  excluded: readonly Exclusion[],
  need: Need,
): Pick<Shortlist, 'candidates' | 'excluded'> {
  const seeing = need.images ? candidates.filter(({ profile }) => profile.definition.capabilities.images) : [];
  if (seeing.length === 0) return { candidates, excluded };
  const blind = candidates.filter((candidate) => !seeing.includes(candidate));
  const reason = 'it takes no images';
  return {
    candidates: seeing,
    excluded: [...excluded, ...blind.map(({ providerId }) => ({ providerId, reason }))],
  };
}

/** Whether a server must be asked before it can be used: what it can do, or whether it is there at all. */
export function needsProbe(profile: ProviderProfile): boolean {
  const { definition } = profile;
  return definition.location !== 'embedded' && (definition.discover || definition.capabilities.fim === 'probe');
}

/** As opposed to a server that was only looked for: its absence is worth a word. */
export function isSetUpByUser(profile: ProviderProfile): boolean {
  const { definition } = profile;
  return (
    !definition.discover ||
    (profile.baseUrl !== undefined && profile.baseUrl !== definition.baseUrl) ||
    configuredModel(profile) !== definition.completionModel
  );
}

const NOT_PROBED = 'not asked yet what it can do';

function judge(profile: ProviderProfile, need: Need, model: string | undefined, probes: Probes): Candidate | string {
  const { definition } = profile;
  const baseUrl = baseUrlOf(profile);
  if (!profile.enabled) return 'switched off';
  if (baseUrl === undefined) return 'no base URL is set';
  if (need.inputType === 'chat' && !definition.capabilities.chat) return 'it does not chat';
  if (need.tools && !definition.capabilities.tools) return 'it cannot use tools';
  const result = probes.known(profile, probedModel(profile, need, model));
  if (needsProbe(profile)) {
    if (result === undefined) return NOT_PROBED;
    if (!result.reachable) return result.problem ?? `nothing answers at ${hostOf(baseUrl)}`;
  }
  const name = model ?? modelFound(profile, need, result);
  const fim = probes.learnedFim(profile, name) ?? fimModeOf(profile, result?.fim);
  if (need.inputType === 'fim' && fim.type === 'none') {
    return result?.problem ?? 'no model that fills in the middle was found there';
  }
  return {
    providerId: definition.id,
    key: `${definition.id} ${baseUrl} ${name}`,
    profile,
    baseUrl,
    model: name,
    fim,
    location: locationOf(profile, baseUrl),
    parallelRequests: result?.slots ?? profile.parallelRequests ?? definition.capabilities.parallelRequests,
  };
}

/** Of the chat model nothing is asked but whether its server is there: that is known, and kept up to date, of the other one. */
function probedModel(profile: ProviderProfile, need: Need, model: string | undefined): string | undefined {
  return need.use === 'chat' ? configuredModel(profile) : model;
}

function fimModeOf(profile: ProviderProfile, probed: FimMode | undefined): FimMode {
  if (profile.fimFamily !== undefined) return { type: 'template', family: profile.fimFamily };
  const { fim } = profile.definition.capabilities;
  return fim === 'probe' ? (probed ?? { type: 'none' }) : { type: fim };
}

function embeddedLast(profiles: readonly ProviderProfile[]): readonly ProviderProfile[] {
  const isEmbedded = (profile: ProviderProfile): boolean => profile.definition.location === 'embedded';
  return [...profiles.filter((profile) => !isEmbedded(profile)), ...profiles.filter(isEmbedded)];
}

function inHintedOrder(profiles: readonly ProviderProfile[], wanted: readonly string[]): readonly ProviderProfile[] {
  return wanted.flatMap((id) => profiles.filter((profile) => profile.definition.id === id));
}

function locationOf(profile: ProviderProfile, baseUrl: string): Candidate['location'] {
  if (profile.definition.location === 'embedded') return 'embedded';
  return isLoopback(baseUrl) ? 'local' : 'remote';
}

const LOOPBACK = /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether a URL leads to this machine. */
export function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false;
  // `URL` has brought every spelling of an IPv4 address to four decimal numbers.
  return LOOPBACK.test(new URL(url).hostname);
}
