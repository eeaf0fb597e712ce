/** OpenAI: no fill-in-the-middle endpoint for current models, so a small chat model fills the hole. */
import { defineProvider } from '../provider-definition.ts';
import { once } from '../wire/once.ts';

export const openai = defineProvider({
  id: 'openai',
  label: 'OpenAI',
  location: 'remote',
  auth: 'api-key',
  keyVariables: ['OPENAI_API_KEY'],
  baseUrl: 'https://api.openai.com/v1',
  discover: false,
  capabilities: {
    chat: true,
    fim: 'hole-filler',
    tools: false,
    images: false,
    promptCache: true,
    stopsBillingOnDisconnect: true,
    parallelRequests: 4,
  },
  // The small one of the current family (openai 7.55 `ChatModel`; developers.openai.com/api/docs/models/gpt-6-luna).
  completionModel: 'gpt-6-luna',
  models: ['gpt-6-luna', 'gpt-6.1-terra', 'gpt-6.1-sol', 'gpt-6-astra', 'gpt-5.6-luna', 'gpt-5.6-terra'],
  wire: once(async () =>
    (await import('../wire/openai.ts')).openAiWire({
      fim: 'hole-filler',
      maxTokensField: 'max_completion_tokens',
      maxStops: 4,
      // A hole must be filled at once; models that cannot do without reasoning are found out and remembered.
      reasoningEffort: 'none',
    }),
  ),
});
