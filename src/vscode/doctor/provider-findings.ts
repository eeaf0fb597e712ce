/** What the doctor finds out about one provider, as data. */
import type { KeySource } from '../../config/keys.ts';
import type { Profiles } from '../../config/profiles.ts';
import { type ModelPrice, modelPrice } from '../../router/model-price.ts';
import type { Prices } from '../../router/prices.ts';
import { baseUrlOf } from '../../router/probes.ts';
import type { ProviderProfile } from '../../router/provider-definition.ts';
import type { ProviderHealth, RouteFacts } from '../../router/router.ts';
import type { ProbeResult } from '../../router/wire.ts';
import type { Fix } from '../probe-text.ts';

/**
 * `not-set-up` was not asked: nothing goes to a company that the user has nothing to do with. `absent`: a server that is only
 * looked for and does not run, which is no fault.
 */
export type Verdict = 'ready' | 'faulty' | 'absent' | 'not-set-up' | 'off' | 'asking' | 'gave-up';

export interface ModelFinding {
  readonly use: 'completion' | 'chat';
  /** `undefined`: none is known before the server lists its models. */
  readonly model: string | undefined;
  readonly price: ModelPrice;
  /** Measured in this session. */
  readonly firstTokenMs: number | undefined;
}

export interface ProviderFindings {
  readonly label: string;
  readonly location: 'embedded' | 'local' | 'remote';
  readonly verdict: Verdict;
  /** What is wrong, in one sentence. */
  readonly problem: string | undefined;
  readonly wayOut: WayOut | undefined;
  readonly address: string | undefined;
  readonly credentials: KeySource;
  readonly auth: ProviderProfile['definition']['auth'];
  /** What the probe tried, one line for each. */
  readonly details: readonly string[];
  readonly models: readonly ModelFinding[];
  readonly listedModels: number;
  /** In which orders it stands: ghost text, chat. */
  readonly inUseFor: readonly ('completion' | 'chat')[];
  /** The last failure of a request, where it counts still. */
  readonly health: ProviderHealth | undefined;
}

export type WayOut = Fix | 'sign-in' | 'enable' | 'see-log';

export interface ProviderSources {
  readonly profiles: Pick<Profiles, 'list' | 'isSetUp' | 'keySource'>;
  readonly prices: Prices;
  readonly health: readonly ProviderHealth[];
  readonly routes: readonly RouteFacts[];
}

/** What came of asking it: `undefined` while it has not answered. */
export interface Answer {
  readonly result: ProbeResult;
  readonly ok: boolean;
  readonly headline: string;
  readonly details: readonly string[];
  readonly fix: Fix | undefined;
}

/** Whether the doctor asks it at all. */
export function isAsked(profile: ProviderProfile, profiles: Pick<Profiles, 'list' | 'isSetUp'>): boolean {
  const { definition, enabled } = profile;
  const isListed = profiles.list('completion').includes(profile) || profiles.list('chat').includes(profile);
  return enabled && (isListed || definition.discover || profiles.isSetUp(definition.id));
}

export function findingsOf(
  profile: ProviderProfile,
  answer: Answer | 'gave-up' | undefined,
  sources: ProviderSources,
): ProviderFindings {
  const { definition } = profile;
  const { profiles, health } = sources;
  const verdict = verdictOf(profile, answer, profiles);
  const credentials = profiles.keySource(definition.id);
  const told = typeof answer === 'object' ? answer : undefined;
  const address = isAddressOurs(profile) ? baseUrlOf(profile) : undefined;
  const uses = (['completion', 'chat'] as const).filter((use) => canDo(profile, use));
  return {
    label: definition.label,
    location: definition.location,
    verdict,
    problem: verdict === 'faulty' || verdict === 'absent' ? (told?.result.problem ?? told?.headline) : undefined,
    wayOut: wayOutOf(profile, verdict, told, credentials),
    address: address === undefined ? undefined : displayAddress(address),
    credentials,
    auth: definition.auth,
    details: told?.details ?? [],
    models: definition.location === 'embedded' ? [] : uses.map((use) => modelFinding(profile, use, told, sources)),
    listedModels: told?.result.models.length ?? 0,
    inUseFor: uses.filter((use) => profiles.list(use).includes(profile)),
    health:
      verdict === 'absent'
        ? undefined
        : health.find(({ providerId, state }) => providerId === definition.id && state === 'failing'),
  };
}

/** What runs in the extension has none, and that of the editor's models is not ours to set. */
function isAddressOurs({ definition }: ProviderProfile): boolean {
  return definition.location !== 'embedded' && definition.isAddressFixed !== true;
}

/** Without user name, password, query and fragment: there is where people put keys. */
export function displayAddress(address: string): string {
  if (!URL.canParse(address)) {
    return '…';
  }
  const { protocol, host, pathname } = new URL(address);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}

function verdictOf(
  profile: ProviderProfile,
  answer: Answer | 'gave-up' | undefined,
  profiles: Pick<Profiles, 'list' | 'isSetUp'>,
): Verdict {
  if (!profile.enabled) {
    return 'off';
  }
  if (!isAsked(profile, profiles)) {
    return 'not-set-up';
  }
  if (answer === undefined) {
    return 'asking';
  }
  if (answer === 'gave-up') {
    return 'gave-up';
  }
  const onlyLookedFor = profile.definition.discover && !profiles.isSetUp(profile.definition.id);
  return answer.ok ? 'ready' : onlyLookedFor && !answer.result.reachable ? 'absent' : 'faulty';
}

function wayOutOf(
  profile: ProviderProfile,
  verdict: Verdict,
  answer: Answer | undefined,
  credentials: KeySource,
): WayOut | undefined {
  const { definition } = profile;
  switch (verdict) {
    case 'off':
      return 'enable';
    case 'not-set-up':
      // It asks for whatever is missing.
      return 'select-model';
    case 'faulty':
      return accessWayOut(definition.auth, credentials, answer) ?? answer?.fix ?? 'see-log';
    default:
      return undefined;
  }
}

/** Where the key or the account is what is wrong: it was rejected, or there is none although there must be one. */
function accessWayOut(
  auth: ProviderFindings['auth'],
  { type }: KeySource,
  answer: Answer | undefined,
): WayOut | undefined {
  const isRejected = answer?.result.keyAccepted === false;
  const isMissing = type === 'none';
  switch (auth) {
    case 'none':
      return undefined;
    case 'sign-in':
      return isRejected || isMissing ? 'sign-in' : undefined;
    case 'optional-sign-in':
      return isRejected ? 'sign-in' : undefined;
    case 'optional-api-key':
      return isRejected ? 'set-key' : undefined;
    case 'api-key':
    case 'api-key-or-sign-in':
      return isRejected || isMissing ? 'set-key' : undefined;
  }
}

function canDo({ definition }: ProviderProfile, use: 'completion' | 'chat'): boolean {
  return use === 'chat' ? definition.capabilities.chat : definition.capabilities.fim !== 'none';
}

function modelFinding(
  profile: ProviderProfile,
  use: 'completion' | 'chat',
  answer: Answer | undefined,
  { prices, routes }: ProviderSources,
): ModelFinding {
  const { definition } = profile;
  const listed = answer?.result.models[0] ?? definition.models[0];
  const model =
    use === 'completion' ? (profile.completionModel ?? answer?.result.model ?? listed) : (profile.chatModel ?? listed);
  return {
    use,
    model,
    price:
      model === undefined
        ? { type: 'unknown' }
        : modelPrice(prices, { providerId: definition.id, catalogue: definition.prices, model }),
    firstTokenMs: routes.find((route) => route.providerId === definition.id && route.model === model)?.firstTokenMs,
  };
}
