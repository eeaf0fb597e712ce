/** Providers for the doctor to examine: profiles, answers, and what they make of each other. */
import { credentialOf } from '../../../src/router/credential.ts';
import { noPrices } from '../../../src/router/prices.ts';
import {
  defineProvider,
  type ProviderDefinition,
  type ProviderProfile,
} from '../../../src/router/provider-definition.ts';
import type { ProbeResult } from '../../../src/router/wire.ts';
import type { Answer, ProviderSources } from '../../../src/vscode/doctor/provider-findings.ts';

export function profileOf(
  facts: Partial<ProviderDefinition> = {},
  profile: Partial<ProviderProfile> & { readonly secret?: string } = {},
): ProviderProfile {
  const definition = defineProvider({
    id: 'cloud',
    label: 'Cloud',
    location: 'remote',
    auth: 'api-key',
    keyVariables: [],
    baseUrl: 'https://cloud.example/v1',
    discover: false,
    capabilities: {
      chat: true,
      fim: 'native',
      tools: false,
      images: false,
      promptCache: false,
      stopsBillingOnDisconnect: true,
      parallelRequests: 2,
    },
    completionModel: 'small-1',
    models: [],
    wire: () => Promise.reject(new Error('not used')),
    ...facts,
  });
  const { secret, ...rest } = profile;
  return {
    definition,
    enabled: true,
    baseUrl: definition.baseUrl,
    completionModel: definition.completionModel,
    chatModel: definition.chatModel,
    options: {},
    headers: {},
    fimFamily: undefined,
    parallelRequests: undefined,
    credentials: async () => (secret === undefined ? [] : [credentialOf('api-key', secret)]),
    ...rest,
  };
}

export function answerOf(result: Partial<ProbeResult> = {}, answer: Partial<Answer> = {}): Answer {
  return {
    result: {
      reachable: true,
      keyAccepted: true,
      modelPresent: true,
      models: ['small-1', 'large-1'],
      fim: { type: 'native' },
      roundTripMs: 12,
      slots: undefined,
      problem: undefined,
      ...result,
    },
    ok: true,
    headline: 'ready',
    details: ['Reachable, 12 ms for one round trip.'],
    fix: undefined,
    ...answer,
  };
}

/** All of them are in use and have their key, if nothing else is said. */
export function sourcesOf(
  listed: readonly ProviderProfile[],
  access: Partial<ProviderSources['profiles']> = {},
): ProviderSources {
  return {
    profiles: { list: () => listed, isSetUp: () => true, keySource: () => ({ type: 'stored' }), ...access },
    prices: noPrices,
    health: [],
    routes: [],
  };
}
