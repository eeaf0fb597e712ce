/** What an Ollama server has: its models, and how the chosen one takes a hole. Costs no tokens and loads no model. */
import { ReaperError } from '../../base/errors.ts';
import { familyOf } from '../fim/families.ts';
import type { FimMode, ProbeCall } from '../wire.ts';
import { serverUrl } from './base-url.ts';
import { listAt, textAt } from './json.ts';
import { type Ask, type Findings, missingModel } from './probing.ts';

// Asked about in the order of the list, which is the order of last change; more would make the search slow.
const MAX_MODELS_ASKED = 12;

export async function findOllama(call: ProbeCall, ask: Ask): Promise<Findings> {
  const tags = await ask({ url: serverUrl(call.baseUrl, 'api/tags') });
  const models = listAt(tags, 'models')
    .map((entry) => textAt(entry, 'model') ?? textAt(entry, 'name'))
    .filter((name) => name !== undefined);
  if (call.model !== undefined) return named(call.model, models, call, ask);
  if (models.length === 0) {
    return { ...nothing(models), problem: 'Ollama has no model. Get one: ollama pull qwen2.5-coder:1.5b' };
  }
  return firstThatFills(models, call, ask);
}

async function named(model: string, models: readonly string[], call: ProbeCall, ask: Ask): Promise<Findings> {
  const modelPresent = models.some((name) => sameModel(name, model));
  if (!modelPresent) {
    return {
      ...nothing(models),
      model,
      modelPresent,
      problem: `${missingModel(model, models)} Get it: ollama pull ${model}`,
    };
  }
  return { models, model, modelPresent, fim: await fimOf(model, call, ask) };
}

/** Best first: a model that takes a suffix, one with a known template, one that can chat. */
async function firstThatFills(models: readonly string[], call: ProbeCall, ask: Ask): Promise<Findings> {
  const asked = [...models].sort((left, right) => rank(left) - rank(right)).slice(0, MAX_MODELS_ASKED);
  let filler: { readonly model: string; readonly fim: FimMode } | undefined;
  for (const model of asked) {
    const fim = await fimOf(model, call, ask);
    if (fim.type === 'native' || fim.type === 'template') return { models, model, modelPresent: undefined, fim };
    if (fim.type === 'hole-filler') filler ??= { model, fim };
  }
  return filler === undefined
    ? {
        ...nothing(models),
        problem: 'Ollama has no model that completes code. Get one: ollama pull qwen2.5-coder:1.5b',
      }
    : { models, modelPresent: undefined, ...filler };
}

function rank(model: string): number {
  return familyOf(model) === undefined ? 1 : 0;
}

async function fimOf(model: string, call: ProbeCall, ask: Ask): Promise<FimMode> {
  let shown: unknown;
  try {
    shown = await ask({ url: serverUrl(call.baseUrl, 'api/show'), body: { model } });
  } catch (error) {
    // Removed since it was listed, or broken on disk: another one may do.
    if (error instanceof ReaperError && error.status !== undefined && error.kind !== 'auth') return { type: 'none' };
    throw error;
  }
  const capabilities = listAt(shown, 'capabilities');
  // Before 0.6.4 there was no list of capabilities; the template shows what it would say.
  const inserts = capabilities.includes('insert') || /\.Suffix\b/.test(textAt(shown, 'template') ?? '');
  if (inserts) return { type: 'native' };
  if (capabilities.length > 0 && !capabilities.includes('completion')) return { type: 'none' };
  const family = familyOf(model);
  return family === undefined ? { type: 'hole-filler' } : { type: 'template', family };
}

/** `qwen2.5-coder` means `qwen2.5-coder:latest`. */
function sameModel(left: string, right: string): boolean {
  const full = (name: string): string => (/:[^/]*$/.test(name) ? name : `${name}:latest`).toLowerCase();
  return full(left) === full(right);
}

function nothing(models: readonly string[]): Findings {
  return { models, modelPresent: undefined, fim: { type: 'none' } };
}
