/** Any server that speaks OpenAI's protocol: LM Studio, vLLM, LiteLLM, OpenRouter, llamafile, a company gateway … */
import { defineProvider } from '../provider-definition.ts';
import { once } from '../wire/once.ts';

export const openaiCompatible = defineProvider({
  id: 'openai-compatible',
  label: 'OpenAI-compatible server',
  // A profile's URL decides; without one nothing is assumed to be on this machine.
  location: 'remote',
  auth: 'optional-api-key',
  keyVariables: [],
  baseUrl: undefined,
  discover: false,
  capabilities: {
    chat: true,
    fim: 'probe',
    // Models and servers that take none say so: then they are left out, with a warning.
    tools: true,
    images: true,
    promptCache: false,
    // Unknown: gateways differ (facts/router §3.2), so the dearer answer.
    stopsBillingOnDisconnect: false,
    // Unknown: right for LM Studio, and a profile may say more for vLLM or a gateway.
    parallelRequests: 1,
  },
  completionModel: undefined,
  models: [],
  wire: once(async () =>
    (await import('../wire/openai.ts')).openAiWire({
      fim: 'find-out',
      maxTokensField: 'max_tokens',
      // vLLM and OpenAI take no more (facts/completions §10.2).
      maxStops: 4,
      // For models that would think before they fill a hole; servers that know no such thing are found out and remembered.
      reasoningEffort: 'none',
    }),
  ),
});
