/** llama.cpp: `llama-server` with one model. https://github.com/ggml-org/llama.cpp/tree/master/tools/server */
import { defineProvider } from '../provider-definition.ts';
import { once } from '../wire/once.ts';

export const llamaCpp = defineProvider({
  id: 'llama.cpp',
  label: 'llama.cpp',
  location: 'local',
  auth: 'optional-api-key',
  // The variable that llama-server's own --api-key reads.
  keyVariables: ['LLAMA_API_KEY'],
  baseUrl: 'http://127.0.0.1:8080',
  // Port 8080 is often the user's own development server: it is not asked unless the user names it.
  discover: false,
  capabilities: {
    chat: true,
    fim: 'probe',
    // What the loaded model cannot is found out when it is asked, and told.
    tools: true,
    images: true,
    promptCache: true,
    stopsBillingOnDisconnect: true,
    // `total_slots` of /props corrects it.
    parallelRequests: 1,
  },
  completionModel: undefined,
  models: [],
  prices: 'free',
  wire: once(async () => (await import('../wire/llama-cpp.ts')).llamaCppWire()),
});
