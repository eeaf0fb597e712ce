/** Anthropic: Claude chats with tools, images and thoughts, and fills the hole as a chat answer, without thinking. */
import { defineProvider } from '../provider-definition.ts';
import { once } from '../wire/once.ts';

export const anthropic = defineProvider({
  id: 'anthropic',
  label: 'Anthropic',
  location: 'remote',
  auth: 'api-key',
  keyVariables: ['ANTHROPIC_API_KEY'],
  baseUrl: 'https://api.anthropic.com',
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
  // The small, fast one (facts/dependencies §0.3); its thinking can be turned off.
  completionModel: 'claude-haiku-5-5',
  // "The best combination of speed and intelligence" (platform.claude.com/docs/en/models/sonnet-5-5/overview).
  chatModel: 'claude-sonnet-5-5',
  models: ['claude-haiku-5-5', 'claude-sonnet-5-5', 'claude-opus-5-5', 'claude-fable-5-2'],
  prices: 'anthropic',
  newerPrices: {
    // Of 2026-10-07 (platform.claude.com/docs/en/models/haiku-5-5/overview).
    'claude-haiku-5-5': {
      input: { base: 0.1, tiers: [{ above: 100_000, price: 0.5 }] },
      output: { base: 0.5, tiers: [{ above: 100_000, price: 2.5 }] },
      cacheRead: { base: 0.01, tiers: [{ above: 100_000, price: 0.05 }] },
      cacheWrite: { base: 0.125, tiers: [{ above: 100_000, price: 0.625 }] },
    },
  },
  wire: once(async () =>
    (await import('../wire/anthropic.ts')).anthropicWire({
      // Claude fills holes better when it reads what follows the cursor first (facts/completions §10.3).
      order: 'suffix-first',
    }),
  ),
});
