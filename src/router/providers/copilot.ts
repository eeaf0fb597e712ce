/** GitHub Copilot's models, as VS Code lends them out: the user's subscription, with the user's consent. */
import type { LanguageModels } from '../language-models.ts';
import { defineProvider, type ProviderDefinition } from '../provider-definition.ts';
import { once } from '../wire/once.ts';

/** Whose models VS Code is asked for. */
export const COPILOT_VENDOR = 'copilot';

// VS Code does not tell the address; with an enterprise's own server it is another one.
const URL = 'https://api.githubcopilot.com';

/** Built where the router is built, because it needs the editor's models. */
export function createCopilotProvider(models: LanguageModels): ProviderDefinition {
  const label = 'GitHub Copilot';
  return defineProvider({
    id: 'copilot',
    label,
    aliases: ['github_copilot'],
    location: 'remote',
    // VS Code signs in, and asks the user whether Reaper may.
    auth: 'none',
    keyVariables: [],
    baseUrl: URL,
    isAddressFixed: true,
    discover: true,
    capabilities: {
      chat: true,
      // By chat, if the user chose a model for it: VS Code lends out none that fills holes by itself.
      fim: 'probe',
      tools: true,
      images: true,
      promptCache: false,
      // Unknown; each question costs some of the allowance.
      stopsBillingOnDisconnect: false,
      parallelRequests: 2,
      // Each branch would use up some of the user's credits (facts/router §7).
      joinsRaces: false,
    },
    completionModel: undefined,
    models: [],
    prices: 'github-copilot',
    onDidChange: (listener) => models.onDidChange(listener),
    telemetryName: 'github.copilot',
    wire: once(async () => (await import('../wire/language-model.ts')).languageModelWire({ models, label, url: URL })),
  });
}
