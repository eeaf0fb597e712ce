/** DeepSeek: native suffix on its beta endpoint. https://api-docs.deepseek.com/api/create-completion */
import { defineProvider } from '../provider-definition.ts';
import { once } from '../wire/once.ts';

export const deepseek = defineProvider({
  id: 'deepseek',
  label: 'DeepSeek',
  location: 'remote',
  auth: 'api-key',
  keyVariables: ['DEEPSEEK_API_KEY'],
  baseUrl: 'https://api.deepseek.com',
  discover: false,
  capabilities: {
    chat: true,
    fim: 'native',
    tools: true,
    images: false,
    promptCache: true,
    stopsBillingOnDisconnect: true,
    parallelRequests: 4,
  },
  // The small one; both fill holes, without thinking (DeepSeek's price table). `deepseek-chat` was switched off on 2026-07-24.
  completionModel: 'deepseek-v4-flash',
  chatModel: 'deepseek-v4-pro',
  models: ['deepseek-v4-flash', 'deepseek-v4-pro'],
  prices: 'deepseek',
  wire: once(async () =>
    (await import('../wire/openai.ts')).openAiWire({
      fim: 'native',
      maxTokensField: 'max_tokens',
      maxStops: 16,
      completionsVersion: 'beta',
      images: false,
      // Refused without them as soon as tools were called: https://api-docs.deepseek.com/guides/thinking_mode
      thoughts: 'field',
      effortFields: (effort) => (effort === 'none' ? { thinking: { type: 'disabled' } } : { reasoning_effort: effort }),
    }),
  ),
});
