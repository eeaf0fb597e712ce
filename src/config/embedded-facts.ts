/** The embedded provider as the settings see it, without building the model that it needs. */
import type { ProviderFacts } from './provider-settings.ts';

export const embeddedFacts: ProviderFacts = {
  id: 'workspace',
  label: 'Workspace model',
  location: 'embedded',
  auth: 'none',
  baseUrl: undefined,
  discover: true,
  completionModel: 'workspace',
  capabilities: {
    chat: false,
    fim: 'native',
    tools: false,
    images: false,
    promptCache: false,
    stopsBillingOnDisconnect: true,
    parallelRequests: 1,
  },
};
