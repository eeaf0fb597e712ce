/** Mistral: Codestral's own fill-in-the-middle endpoint. A key of codestral.mistral.ai needs that base URL in the profile. */
import { defineProvider } from '../provider-definition.ts';
import { once } from '../wire/once.ts';

export const mistral = defineProvider({
  id: 'mistral',
  label: 'Mistral',
  location: 'remote',
  auth: 'api-key',
  keyVariables: ['MISTRAL_API_KEY', 'CODESTRAL_API_KEY'],
  baseUrl: 'https://api.mistral.ai/v1',
  discover: false,
  capabilities: {
    chat: true,
    fim: 'native',
    tools: true,
    images: true,
    promptCache: true,
    // Bills to the end of the answer (facts/router §3.2).
    stopsBillingOnDisconnect: false,
    parallelRequests: 4,
  },
  completionModel: 'codestral-latest',
  // One model for instructions, code and reasoning since version 3.5 (docs.mistral.ai/models).
  chatModel: 'mistral-medium-latest',
  models: ['codestral-latest', 'mistral-medium-latest', 'mistral-large-2512', 'mistral-small-latest'],
  prices: 'mistral',
  telemetryName: 'mistral_ai',
  wire: once(async () => (await import('../wire/mistral.ts')).mistralWire()),
});
