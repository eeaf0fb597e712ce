/** Said when a hole is to be filled by what cannot fill one. */
import { ReaperError } from '../../base/errors.ts';
import { hostOf } from '../http-errors.ts';
import type { WireCall } from '../wire.ts';

export function noFim(call: Pick<WireCall, 'model' | 'baseUrl'>): ReaperError {
  const model = call.model === '' ? 'The model' : call.model;
  return new ReaperError(
    'invalid-config',
    `${model} at ${hostOf(call.baseUrl)} cannot fill holes in code. Choose another model for completions in the settings.`,
  );
}
