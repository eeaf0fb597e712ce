/** Gemini with a key of Google AI Studio; the models of a Google Cloud project are another provider. */
import { defineProvider } from '../provider-definition.ts';
import { once } from '../wire/once.ts';

export const gemini = defineProvider({
  id: 'gemini',
  label: 'Google Gemini',
  aliases: ['google'],
  location: 'remote',
  auth: 'api-key',
  keyVariables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
  baseUrl: 'https://generativelanguage.googleapis.com',
  discover: false,
  capabilities: {
    chat: true,
    fim: 'hole-filler',
    tools: true,
    images: true,
    promptCache: true,
    // Google writes on, and bills, to the end of the answer (facts/router §3.2).
    stopsBillingOnDisconnect: false,
    parallelRequests: 4,
  },
  // The small, fast one, and the only one that can do almost without thinking.
  completionModel: 'gemini-3.5-flash-lite',
  chatModel: 'gemini-3.8-flash',
  models: ['gemini-3.5-flash-lite', 'gemini-3.8-flash', 'gemini-3.1-pro-preview', 'gemini-3.1-flash-lite'],
  prices: 'google',
  telemetryName: 'gcp.gemini',
  wire: once(async () => (await import('../wire/gemini.ts')).geminiWire()),
});
