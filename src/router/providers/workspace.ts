/** The embedded predictor as a provider: no key, no server, no network; always there as the last fallback. */
import type { Predictor } from '../../predictor/predictor.ts';
import { defineProvider, type ProviderDefinition } from '../provider-definition.ts';
import { createWorkspaceWire } from '../wire/workspace.ts';

/** Built where the router is built, because it needs the one predictor of this window. */
export function createWorkspaceProvider(predictor: Predictor): ProviderDefinition {
  const wire = createWorkspaceWire(predictor);
  return defineProvider({
    id: 'workspace',
    label: 'Workspace model',
    location: 'embedded',
    auth: 'none',
    keyVariables: [],
    baseUrl: undefined,
    discover: true,
    capabilities: {
      chat: false,
      fim: 'native',
      tools: false,
      images: false,
      promptCache: false,
      stopsBillingOnDisconnect: true,
      // One worker thread.
      parallelRequests: 1,
    },
    completionModel: 'workspace',
    models: ['workspace'],
    wire: () => Promise.resolve(wire),
  });
}
