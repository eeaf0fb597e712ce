/** Ollama: models on this machine, found by itself at its default address. https://docs.ollama.com/api */
import { defineProvider } from '../provider-definition.ts';
import { once } from '../wire/once.ts';

export const ollama = defineProvider({
  id: 'ollama',
  label: 'Ollama',
  location: 'local',
  // Ollama itself asks for no key; a reverse proxy in front of it, or its cloud, does.
  auth: 'optional-api-key',
  keyVariables: ['OLLAMA_API_KEY'],
  // Not `localhost`: Ollama listens on IPv4 only by default, and Node may try ::1 first.
  baseUrl: 'http://127.0.0.1:11434',
  discover: true,
  capabilities: {
    chat: true,
    fim: 'probe',
    // What the chosen model cannot is found out when it is asked, and told.
    tools: true,
    images: true,
    promptCache: true,
    stopsBillingOnDisconnect: true,
    // OLLAMA_NUM_PARALLEL is 1 by default (facts/completions §10.2).
    parallelRequests: 1,
  },
  completionModel: undefined,
  models: [],
  prices: 'free',
  wire: once(async () => (await import('../wire/ollama.ts')).ollamaWire()),
});
