/** xAI: Grok, through OpenAI's protocol. https://docs.x.ai/docs/api-reference */
import { defineProvider } from '../provider-definition.ts';
import { once } from '../wire/once.ts';

export const xai = defineProvider({
  id: 'xai',
  label: 'xAI',
  location: 'remote',
  auth: 'api-key',
  keyVariables: ['XAI_API_KEY'],
  baseUrl: 'https://api.x.ai/v1',
  discover: false,
  capabilities: {
    chat: true,
    fim: 'hole-filler',
    tools: true,
    images: true,
    promptCache: true,
    stopsBillingOnDisconnect: true,
    parallelRequests: 4,
  },
  // The one that can do without thinking; the fast ones were retired on 2026-05-15 (docs.x.ai/developers/migration).
  completionModel: 'grok-4.3',
  chatModel: 'grok-4.6',
  models: ['grok-4.3', 'grok-4.6', 'grok-4.5'],
  prices: 'x-ai',
  telemetryName: 'x_ai',
  wire: once(async () =>
    (await import('../wire/openai.ts')).openAiWire({
      fim: 'hole-filler',
      maxTokensField: 'max_tokens',
      maxStops: 4,
      // A hole must be filled at once.
      reasoningEffort: 'none',
      // Beside the completion's count, not inside it (facts/router §3.4).
      reasoningCount: 'beside',
    }),
  ),
});
