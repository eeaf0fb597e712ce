/** The providers that are reached over a network: one line each. The embedded one joins them where the router is built. */
import type { ProviderDefinition } from '../provider-definition.ts';
import { anthropic } from './anthropic.ts';
import { azure } from './azure.ts';
import { bedrock } from './bedrock.ts';
import { deepseek } from './deepseek.ts';
import { gemini } from './gemini.ts';
import { llamaCpp } from './llama-cpp.ts';
import { mistral } from './mistral.ts';
import { ollama } from './ollama.ts';
import { omen } from './omen.ts';
import { openai } from './openai.ts';
import { openaiCompatible } from './openai-compatible.ts';
import { vertex } from './vertex.ts';
import { xai } from './xai.ts';

/** In the order in which a picker shows them: what runs on this machine first. */
export const providers: readonly ProviderDefinition[] = [
  ollama,
  llamaCpp,
  openaiCompatible,
  omen,
  anthropic,
  openai,
  azure,
  gemini,
  vertex,
  bedrock,
  mistral,
  deepseek,
  xai,
];
