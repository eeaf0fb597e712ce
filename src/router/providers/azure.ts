/** Azure OpenAI: what a company has deployed there, by key or by Microsoft account. */
import { defineProvider } from '../provider-definition.ts';
import { once } from '../wire/once.ts';

export const azure = defineProvider({
  id: 'azure',
  label: 'Azure OpenAI',
  aliases: ['azure_openai'],
  location: 'remote',
  auth: 'api-key-or-sign-in',
  signIn: {
    provider: 'microsoft',
    scopes: ['https://cognitiveservices.azure.com/.default'],
    label: 'Microsoft account',
  },
  options: [
    {
      name: 'apiVersion',
      description:
        'Only for resources without the “v1” interface: the version of the older one, such as 2024-10-21. Leave it empty otherwise.',
      default: '',
      required: false,
    },
    {
      name: 'api',
      description: 'The interface that chats go through.',
      default: 'chat',
      required: false,
      choices: {
        chat: 'Chat Completions: every deployment has it.',
        responses: 'Responses: for OpenAI models that think; they remember their thoughts while they use tools.',
      },
    },
  ],
  keyVariables: ['AZURE_OPENAI_API_KEY'],
  // https://<resource>.openai.azure.com
  baseUrl: undefined,
  discover: false,
  capabilities: {
    chat: true,
    // No hole is native to it; but whether a deployment exists only Azure can tell.
    fim: 'probe',
    tools: true,
    images: true,
    promptCache: true,
    stopsBillingOnDisconnect: true,
    parallelRequests: 4,
  },
  completionModel: undefined,
  models: [],
  prices: 'azure',
  telemetryName: 'azure.ai.openai',
  wire: once(async () => (await import('../wire/azure.ts')).azureWire({ apiOption: 'api' })),
});
