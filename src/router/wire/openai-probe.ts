/** What an OpenAI-compatible server can do, found out without a token. */
import { ReaperError } from '../../base/errors.ts';
import { familyOf } from '../fim/families.ts';
import type { FimMode, ProbeCall } from '../wire.ts';
import { versionedUrl } from './base-url.ts';
import { listAt, textAt } from './json.ts';
import { type Ask, type Findings, missingModel, refusalOf } from './probing.ts';

/** `find-out`: ask the server. */
export type ProbedFim = 'native' | 'hole-filler' | 'find-out';

export async function findOpenAi(call: ProbeCall, ask: Ask, probed: ProbedFim): Promise<Findings> {
  const models = await listModels(call, ask);
  const model = call.model ?? models?.find((id) => familyOf(id) !== undefined) ?? models?.[0];
  const modelPresent = call.model === undefined || models === undefined ? undefined : models.includes(call.model);
  return {
    models: models ?? [],
    model,
    modelPresent,
    fim: model === undefined ? { type: 'none' } : await fimOf(call, model, ask, probed),
    problem: problemOf(call, models, modelPresent),
  };
}

/** `undefined`: the server keeps no list. */
export async function listModels(call: ProbeCall, ask: Ask): Promise<readonly string[] | undefined> {
  const url = versionedUrl(call.baseUrl, 'models');
  try {
    const answer = await ask({ url });
    // Together sends the bare list.
    const entries: readonly unknown[] = Array.isArray(answer) ? answer : listAt(answer, 'data');
    return entries.map((entry) => textAt(entry, 'id')).filter((id) => id !== undefined);
  } catch (error) {
    if (error instanceof ReaperError && isWithoutList(error)) return undefined;
    throw error;
  }
}

async function fimOf(call: ProbeCall, model: string, ask: Ask, probed: ProbedFim): Promise<FimMode> {
  if (probed !== 'find-out') return { type: probed };
  const family = familyOf(model);
  const path = family === undefined ? 'chat/completions' : 'completions';
  // Without a prompt or messages it is refused and costs nothing; how it is refused shows whether the endpoint and the key are good.
  const body = { model, max_tokens: 1, stream: false };
  const refusal = await refusalOf(ask, { url: versionedUrl(call.baseUrl, path), body });
  if (family === undefined) return { type: 'hole-filler' };
  const isMissing = refusal !== undefined && (refusal.status === undefined || [404, 405, 501].includes(refusal.status));
  return isMissing ? { type: 'hole-filler' } : { type: 'template', family };
}

function problemOf(
  call: ProbeCall,
  models: readonly string[] | undefined,
  modelPresent: boolean | undefined,
): string | undefined {
  if (call.model !== undefined) return modelPresent === false ? missingModel(call.model, models ?? []) : undefined;
  if (models === undefined) return 'The server lists no models. Name one in the settings.';
  return models.length === 0 ? 'The server has no model loaded.' : undefined;
}

/** No such endpoint, or a key that may be used for answers only (OpenAI's restricted keys). */
function isWithoutList({ status, message }: ReaperError): boolean {
  if (status === 403) return /missing scopes|api\.model\.read/i.test(message);
  return status === 404 || status === 405 || status === 501;
}
