/** OpenAI: no fill-in-the-middle endpoint for current models, so a small chat model fills the hole. */
import { defineProvider } from '../provider-definition.ts';
import { once } from '../wire/once.ts';

export const openai = defineProvider({
  id: 'openai',
  label: 'OpenAI',
  location: 'remote',
  auth: 'api-key',
  options: [
    {
      name: 'api',
      description: 'The interface that chats go through.',
      default: 'responses',
      required: false,
      choices: {
        responses: 'Responses: models remember their thoughts while they use tools. OpenAI is told to keep nothing.',
        chat: 'Chat Completions: the older one, for gateways that know no other.',
      },
    },
  ],
  keyVariables: ['OPENAI_API_KEY'],
  baseUrl: 'https://api.openai.com/v1',
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
  // The small one of the current family (openai 7.55 `ChatModel`; developers.openai.com/api/docs/models/gpt-6-luna).
  completionModel: 'gpt-6-luna',
  // The newest one whose price is known: a budget refuses the others (@pydantic/genai-prices 0.1.8).
  chatModel: 'gpt-6-sol',
  models: [
    'gpt-6-luna',
    'gpt-6-sol',
    'gpt-6.1-sol',
    'gpt-6.1-terra',
    'gpt-6-astra',
    'gpt-5.6-sol',
    'gpt-5.6-terra',
    'gpt-5.6-luna',
  ],
  prices: 'openai',
  wire: once(async () =>
    (await import('../wire/openai.ts')).openAiWire({
      fim: 'hole-filler',
      maxTokensField: 'max_completion_tokens',
      maxStops: 4,
      // A hole must be filled at once; models that cannot do without reasoning are found out and remembered.
      reasoningEffort: 'none',
      apiOption: 'api',
    }),
  ),
});
