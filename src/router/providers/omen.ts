/** OMEN: a gateway of one's own in front of many providers, which routes by itself as the hints of a request say. */
import { defineProvider } from '../provider-definition.ts';
import { once } from '../wire/once.ts';

export const omen = defineProvider({
  id: 'omen',
  label: 'OMEN gateway',
  location: 'local',
  // It asks for one only if `auth.require_api_key` is set over there.
  auth: 'optional-api-key',
  keyVariables: ['OMEN_API_KEY'],
  baseUrl: 'http://127.0.0.1:8080/v1',
  options: [
    {
      name: 'transport',
      description: 'How OMEN is spoken to.',
      default: 'auto',
      required: false,
      choices: {
        auto: 'Over HTTP or, if only that answers, over gRPC.',
        http: 'Over HTTP with server-sent events; proxies are honoured.',
        grpc: 'Over gRPC, past any proxy.',
      },
    },
    {
      name: 'grpcUrl',
      description:
        'The address of its gRPC server, for example `http://127.0.0.1:8081`. Left empty, it is one port above the HTTP address.',
      default: '',
      required: false,
    },
    {
      name: 'strategy',
      description: 'How OMEN routes among the providers behind it, whatever Reaper itself does.',
      default: 'request',
      required: false,
      choices: {
        request: 'As a request says; else it asks the one that it rates best.',
        single: 'It asks the one that it rates best.',
        race: 'It asks several at once; the first that writes wins.',
        speculate_k: 'It starts with a local model; a better one may take over.',
        parallel_merge: 'It asks several, and merges what they write.',
      },
    },
    {
      name: 'upstreams',
      description:
        'The providers behind OMEN that may answer, separated by commas, for example `ollama, openai`. Left empty, OMEN decides.',
      default: '',
      required: false,
    },
  ],
  // Port 8080 is often the user's own development server: it is not asked unless the user names it.
  discover: false,
  capabilities: {
    chat: true,
    // It says which models it has; each of them fills a hole by chat.
    fim: 'probe',
    tools: true,
    images: true,
    promptCache: false,
    // Unknown: it hands on to providers of both kinds, so the dearer answer.
    stopsBillingOnDisconnect: false,
    parallelRequests: 4,
  },
  completionModel: undefined,
  models: [],
  wire: once(async () => (await import('../wire/omen/omen.ts')).omenWire()),
});
