/** Every provider that there is, for tests that look at the definitions and ask none of them. */
import type { Predictor } from '../../src/predictor/predictor.ts';
import type { LanguageModels } from '../../src/router/language-models.ts';
import type { ProviderDefinition } from '../../src/router/provider-definition.ts';
import { createCopilotProvider } from '../../src/router/providers/copilot.ts';
import { providers } from '../../src/router/providers/index.ts';
import { createWorkspaceProvider } from '../../src/router/providers/workspace.ts';

export const allProviders: readonly ProviderDefinition[] = [
  ...providers,
  createCopilotProvider({} as LanguageModels),
  createWorkspaceProvider({} as Predictor),
];
