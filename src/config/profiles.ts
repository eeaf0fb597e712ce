/** Provider profiles: what the settings and the stored keys make of the definitions, in the order they are to be asked. */
import type { Disposable } from '../base/disposable.ts';
import { errorMessage } from '../base/errors.ts';
import { Emitter, type Event } from '../base/event.ts';
import type { Logger } from '../base/logger.ts';
import type { ProviderDefinition, ProviderProfile } from '../router/provider-definition.ts';
import type { Credentials } from './credentials.ts';
import type { KeySource } from './keys.ts';
import type { ProviderSettings } from './provider-settings.ts';
import type { Settings } from './read-settings.ts';

export interface ProfilesOptions {
  readonly definitions: readonly ProviderDefinition[];
  readonly settings: () => Settings;
  readonly onSettingsChanged: Event<void>;
  readonly credentials: Credentials;
  readonly logger: Logger;
}

export interface Profiles extends Disposable {
  /** Those that may be asked, for ghost text if nothing else is said, best first. The same array until something changes. */
  list(use?: 'completion' | 'chat'): readonly ProviderProfile[];
  /** Every provider, switched off ones included, in the order of the definitions. */
  all(): readonly ProviderProfile[];
  find(providerId: string): ProviderProfile | undefined;
  /** Where its key or token would come from, as known now. */
  keySource(providerId: string): KeySource;
  /** Whether the user gave it a key, an address or what one follows from, or signed in. */
  isSetUp(providerId: string): boolean;
  readonly onDidChange: Event<void>;
  /** Resolves when it is known which providers have a key or an account. */
  readonly ready: Promise<void>;
}

export function createProfiles(options: ProfilesOptions): Profiles {
  const { definitions, settings, credentials, logger } = options;
  const changed = new Emitter<void>();
  const withCredentials = definitions.filter(({ auth }) => auth !== 'none');
  const sources = new Map<string, KeySource>(withCredentials.map(({ id }) => [id, { type: 'none' }]));
  let all: readonly ProviderProfile[] = [];
  let forCompletions: readonly ProviderProfile[] = [];
  let forChat: readonly ProviderProfile[] = [];
  let madeFrom = '';
  let disposed = false;

  const isSetUp = (id: string): boolean => {
    const definition = definitions.find((one) => one.id === id);
    return (sources.get(id)?.type ?? 'none') !== 'none' || saysWhere(definition, settings().providers[id]);
  };
  /** Does nothing if nothing changed that matters here: a change makes the router ask every server anew. */
  const rebuild = (): void => {
    const current = settings();
    const { providers, completion, chat, privacy } = current;
    const source = JSON.stringify([providers, completion.providers, chat.providers, privacy, [...sources]]);
    if (source === madeFrom) {
      return;
    }
    madeFrom = source;
    all = definitions.map((definition) => toProfile(definition, current.providers[definition.id], credentials));
    forCompletions = orderProfiles(all, completion.providers, isSetUp);
    forChat = orderProfiles(all, chat.providers, isSetUp);
    changed.fire();
  };
  // One look-up after the other, so that an older answer never overwrites a newer one.
  let lookUps = Promise.resolve();
  const learnSources = (concerned: readonly ProviderDefinition[]): Promise<void> => {
    lookUps = lookUps.then(async () => {
      const found = await Promise.all(concerned.map((definition) => sourceOf(definition, credentials, logger)));
      // In a fixed order, whoever answered first.
      concerned.forEach(({ id }, index) => sources.set(id, found[index] ?? { type: 'none' }));
      if (!disposed) {
        rebuild();
      }
    });
    return lookUps;
  };

  const rebuildAnyway = (): void => {
    madeFrom = '';
    rebuild();
  };

  rebuild();
  const ready = learnSources(withCredentials);
  const subscriptions = [
    options.onSettingsChanged(() => {
      rebuild();
      // The setting that lets the environment be read may have changed.
      void learnSources(withCredentials);
    }),
    credentials.onDidChange((providerIds) => {
      // Another key in place of the old one leaves no other trace.
      madeFrom = '';
      void learnSources(withCredentials.filter(({ id }) => providerIds.includes(id)));
    }),
    ...definitions.flatMap(({ onDidChange }) => onDidChange?.(rebuildAnyway) ?? []),
  ];
  return {
    list: (use) => (use === 'chat' ? forChat : forCompletions),
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

/** An address, or what one follows from: a resource, a region. */
function saysWhere(definition: ProviderDefinition | undefined, settings: ProviderSettings | undefined): boolean {
  const options = definition?.options ?? [];
  return (
    (settings?.baseUrl ?? '') !== '' ||
    options.some((option) => option.required && (settings?.[option.name] ?? option.default) !== option.default)
  );
}

async function sourceOf(definition: ProviderDefinition, credentials: Credentials, logger: Logger): Promise<KeySource> {
  try {
    return await credentials.source(definition);
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
  credentials: Credentials,
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
    credentials: () => credentials.read(definition),
    renewCredential: (rejected) => credentials.renew(definition, rejected),
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
