/** Provider profiles: what the settings and the stored keys make of the definitions, in the order they are to be asked. */
import type { Disposable } from '../base/disposable.ts';
import { errorMessage } from '../base/errors.ts';
import { Emitter, type Event } from '../base/event.ts';
import type { Logger } from '../base/logger.ts';
import { credentialOf } from '../router/credential.ts';
import type { ProviderDefinition, ProviderProfile } from '../router/provider-definition.ts';
import type { Keys, KeySource } from './keys.ts';
import type { ProviderSettings } from './provider-settings.ts';
import type { Settings } from './read-settings.ts';

export interface ProfilesOptions {
  readonly definitions: readonly ProviderDefinition[];
  readonly settings: () => Settings;
  readonly onSettingsChanged: Event<void>;
  readonly keys: Keys;
  readonly logger: Logger;
}

export interface Profiles extends Disposable {
  /** Those that may be asked, best first. The same array until something changes. */
  list(): readonly ProviderProfile[];
  /** Every provider, switched off ones included, in the order of the definitions. */
  all(): readonly ProviderProfile[];
  find(providerId: string): ProviderProfile | undefined;
  /** Where its key would come from, as known now. */
  keySource(providerId: string): KeySource;
  /** Whether the user gave it a key or an address. */
  isSetUp(providerId: string): boolean;
  readonly onDidChange: Event<void>;
  /** Resolves when it is known which providers have a key. */
  readonly ready: Promise<void>;
}

export function createProfiles(options: ProfilesOptions): Profiles {
  const { definitions, settings, keys, logger } = options;
  const changed = new Emitter<void>();
  const withKey = definitions.filter(({ auth }) => auth !== 'none').map(({ id }) => id);
  const sources = new Map<string, KeySource>(withKey.map((id) => [id, { type: 'none' }]));
  let all: readonly ProviderProfile[] = [];
  let ordered: readonly ProviderProfile[] = [];
  let madeFrom = '';
  let disposed = false;

  const isSetUp = (id: string): boolean =>
    (sources.get(id)?.type ?? 'none') !== 'none' || (settings().providers[id]?.baseUrl ?? '') !== '';
  /** Does nothing if nothing changed that matters here: a change makes the router ask every server anew. */
  const rebuild = (): void => {
    const current = settings();
    const { providers, privacy } = current;
    const source = JSON.stringify([providers, current.completion.providers, privacy, [...sources]]);
    if (source === madeFrom) {
      return;
    }
    madeFrom = source;
    all = definitions.map((definition) =>
      toProfile(definition, current.providers[definition.id], async () => {
        const key = await keys.read(definition.id);
        return key === undefined ? [] : [credentialOf('api-key', key)];
      }),
    );
    ordered = orderProfiles(all, current.completion.providers, isSetUp);
    changed.fire();
  };
  // One look-up after the other, so that an older answer never overwrites a newer one.
  let lookUps = Promise.resolve();
  const learnSources = (providerIds: readonly string[]): Promise<void> => {
    lookUps = lookUps.then(async () => {
      const found = await Promise.all(providerIds.map((id) => sourceOf(id, keys, logger)));
      // In a fixed order, whoever answered first.
      providerIds.forEach((id, index) => sources.set(id, found[index] ?? { type: 'none' }));
      if (!disposed) {
        rebuild();
      }
    });
    return lookUps;
  };

  rebuild();
  const ready = learnSources(withKey);
  const subscriptions = [
    options.onSettingsChanged(() => {
      rebuild();
      // The setting that lets the environment be read may have changed.
      void learnSources(withKey);
    }),
    keys.onDidChange((providerId) => {
      // Another key in place of the old one leaves no other trace.
      madeFrom = '';
      void learnSources([providerId]);
    }),
  ];
  return {
    list: () => ordered,
    all: () => all,
    find: (providerId) => all.find((profile) => profile.definition.id === providerId),
    keySource: (providerId) => sources.get(providerId) ?? { type: 'none' },
    isSetUp,
    onDidChange: changed.event,
    ready,
    dispose: () => {
      disposed = true;
      for (const subscription of subscriptions) {
        subscription.dispose();
      }
      changed.dispose();
    },
  };
}

async function sourceOf(providerId: string, keys: Keys, logger: Logger): Promise<KeySource> {
  try {
    return await keys.source(providerId);
  } catch (error) {
    logger.warn(errorMessage(error));
    return { type: 'none' };
  }
}

/**
 * The user's list, or: set up by the user, then found locally, then embedded. The embedded model needs no listing, for it
 * is the answer when nothing else can answer.
 */
function orderProfiles(
  all: readonly ProviderProfile[],
  listed: readonly string[],
  isSetUp: (providerId: string) => boolean,
): readonly ProviderProfile[] {
  const enabled = all.filter((profile) => profile.enabled);
  const embedded = enabled.filter(({ definition }) => definition.location === 'embedded');
  const network = enabled.filter(({ definition }) => definition.location !== 'embedded');
  if (listed.length > 0) {
    const chosen = listed.flatMap((id) => network.filter(({ definition }) => definition.id === id));
    return [...chosen, ...embedded];
  }
  const setUp = network.filter(({ definition }) => isSetUp(definition.id));
  const discovered = network.filter((profile) => profile.definition.discover && !setUp.includes(profile));
  return [...setUp, ...discovered, ...embedded];
}

function toProfile(
  definition: ProviderDefinition,
  settings: ProviderSettings | undefined,
  credentials: ProviderProfile['credentials'],
): ProviderProfile {
  return {
    definition,
    enabled: settings?.enabled ?? true,
    baseUrl: orUndefined(settings?.baseUrl) ?? definition.baseUrl,
    completionModel: orUndefined(settings?.completionModel) ?? definition.completionModel,
    chatModel: orUndefined(settings?.chatModel) ?? definition.chatModel,
    options: optionValues(definition, settings),
    headers: settings?.headers ?? {},
    fimFamily: orUndefined(settings?.fimFamily),
    parallelRequests: settings?.parallelRequests === 0 ? undefined : settings?.parallelRequests,
    credentials,
  };
}

/** What is left empty is what the definition says. */
function optionValues(definition: ProviderDefinition, settings: ProviderSettings | undefined): Record<string, string> {
  return Object.fromEntries(
    (definition.options ?? []).map((option) => [
      option.name,
      orUndefined(textOrUndefined(settings?.[option.name])) ?? option.default,
    ]),
  );
}

function textOrUndefined(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function orUndefined(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
