/** Amazon Bedrock: the models of an AWS account, with the machine's AWS credentials or a Bedrock API key. */
import { defineProvider } from '../provider-definition.ts';
import { once } from '../wire/once.ts';

export const bedrock = defineProvider({
  id: 'bedrock',
  label: 'Amazon Bedrock',
  location: 'remote',
  auth: 'optional-api-key',
  keyVariables: ['AWS_BEARER_TOKEN_BEDROCK'],
  baseUrl: undefined,
  baseUrlFor: ({ region }) =>
    // A region is part of a host name; anything else would lead elsewhere.
    region !== undefined && /^[a-z]{2}(?:-[a-z]+)+-\d$/.test(region)
      ? `https://bedrock-runtime.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
      : undefined,
  options: [
    {
      name: 'region',
      description: 'The AWS region that is asked, for example `eu-central-1`. Models must be enabled there.',
      default: 'us-east-1',
      required: true,
    },
    {
      name: 'profile',
      description:
        'The profile in your AWS configuration whose credentials are used if no Bedrock API key is stored. Left empty, it is what the AWS command line would use.',
      default: '',
      required: false,
    },
  ],
  discover: false,
  capabilities: {
    chat: true,
    fim: 'hole-filler',
    tools: true,
    images: true,
    promptCache: true,
    // Bills to the end of the answer (facts/router §3.2).
    stopsBillingOnDisconnect: false,
    parallelRequests: 4,
  },
  // The small, fast one; `global.` is served from every region, and is the cheapest form of an id.
  completionModel: 'global.anthropic.claude-haiku-5-5',
  chatModel: 'global.anthropic.claude-opus-5-5',
  models: [
    'global.anthropic.claude-haiku-5-5',
    'global.anthropic.claude-sonnet-5-5',
    'global.anthropic.claude-opus-5-5',
    'global.amazon.nova-2-lite-v1:0',
    'global.openai.gpt-5.6-luna',
    'openai.gpt-oss-120b-1:0',
    'qwen.qwen3-coder-480b-a35b-v1:0',
  ],
  prices: 'aws',
  telemetryName: 'aws.bedrock',
  wire: once(async () =>
    (await import('../wire/bedrock.ts')).bedrockWire({
      // Most of its users ask Claude, which reads what follows the cursor first (facts/completions §10.3).
      order: 'suffix-first',
    }),
  ),
});
