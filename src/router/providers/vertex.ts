/** Vertex AI: Gemini and Claude in the user's own Google Cloud project. */
import { defineProvider } from '../provider-definition.ts';
import { once } from '../wire/once.ts';

// These have hosts of their own (docs.cloud.google.com/vertex-ai/generative-ai/docs/learn/locations).
const MULTI_REGIONS: ReadonlySet<string> = new Set(['us', 'eu']);

export const vertex = defineProvider({
  id: 'vertex',
  label: 'Google Vertex AI',
  aliases: ['vertexai'],
  location: 'remote',
  auth: 'optional-sign-in',
  signIn: {
    provider: 'reaper-google',
    scopes: ['https://www.googleapis.com/auth/cloud-platform'],
    label: 'Google account',
  },
  options: [
    {
      name: 'project',
      description: 'The id of the Google Cloud project that pays for Vertex AI, for example `my-team-4711`.',
      default: '',
      required: true,
    },
    {
      name: 'location',
      description:
        'Where the models run: `global`, a group of regions such as `eu`, or one region such as `europe-west4`. Your code is sent there.',
      default: 'global',
      required: false,
    },
    {
      name: 'credentials',
      description: 'What Google Cloud is to know you by.',
      default: 'google',
      required: false,
      choices: {
        google: 'The Google account that you sign in with.',
        'application-default':
          'What this machine has: `gcloud auth application-default login`, a service account’s file, or its own account in Google Cloud.',
      },
    },
  ],
  keyVariables: [],
  baseUrl: undefined,
  baseUrlFor: ({ location = 'global' }) => {
    if (location === 'global') return 'https://aiplatform.googleapis.com';
    if (MULTI_REGIONS.has(location)) return `https://aiplatform.${location}.rep.googleapis.com`;
    // A region is part of a host name; anything else would lead elsewhere.
    return /^[a-z]+-[a-z]+\d+$/.test(location) ? `https://${location}-aiplatform.googleapis.com` : undefined;
  },
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
  completionModel: 'gemini-3.5-flash-lite',
  chatModel: 'gemini-3.8-flash',
  models: [
    'gemini-3.5-flash-lite',
    'gemini-3.8-flash',
    'gemini-3.1-pro-preview',
    'claude-haiku-5-5',
    'claude-sonnet-5-5',
    'claude-opus-5-5',
  ],
  prices: 'google',
  telemetryName: 'gcp.vertex_ai',
  wire: once(async () =>
    (await import('../wire/vertex.ts')).vertexWire({
      // Claude fills holes better when it reads what follows the cursor first (facts/completions §10.3).
      order: 'suffix-first',
    }),
  ),
});
