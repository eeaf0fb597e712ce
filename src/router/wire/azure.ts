/** OpenAI's protocol as Azure serves it: deployments instead of models, a header of its own for keys. */
import type { ProbeCall, WireModule } from '../wire.ts';
import { azureUrl } from './azure-url.ts';
import { openAiWire } from './openai.ts';
import { type Ask, type Findings, refusalOf } from './probing.ts';

export interface AzureWireOptions {
  readonly apiOption: string;
}

export function azureWire({ apiOption }: AzureWireOptions): WireModule {
  return openAiWire({
    fim: 'hole-filler',
    maxTokensField: 'max_completion_tokens',
    maxStops: 4,
    reasoningEffort: 'none',
    apiOption,
    keyHeader: 'api-key',
    endpoint: (call, path) => azureUrl(call, path, call.model),
    find,
  });
}

/**
 * The list of models there is of what could be deployed, so it tells about the key only. Whether a deployment exists shows in how a
 * request without messages is refused, which costs nothing.
 */
async function find(call: ProbeCall, ask: Ask): Promise<Findings> {
  const { model } = call;
  if (model === undefined) {
    await ask({ url: azureUrl(call, 'models', undefined) });
    return {
      models: [],
      modelPresent: undefined,
      fim: { type: 'none' },
      problem: 'Name the deployment in the settings: Azure does not tell which ones there are.',
    };
  }
  const url = azureUrl(call, 'chat/completions', model);
  const refusal = await refusalOf(ask, { url, body: { model, max_completion_tokens: 1, stream: false } });
  const isPresent = refusal?.status !== 404;
  return {
    models: isPresent ? [model] : [],
    model,
    modelPresent: isPresent,
    fim: isPresent ? { type: 'hole-filler' } : { type: 'none' },
    problem: isPresent
      ? undefined
      : `There is no deployment ${model}. Give the name that it has in the Azure portal, not the name of the model.`,
  };
}
