/** What makes two requests one: everything that can change the answer, and whose account it is. */
import { createHash } from 'node:crypto';
import type { Candidate } from '../candidates.ts';
import { isDeterministic } from './eligibility.ts';
import type { ModelRequest } from '../model-request.ts';

/** Of what is kept: another number for another meaning of the parts. */
const SCHEMA = 1;

export interface KeyedCall {
  readonly candidate: Candidate;
  readonly request: ModelRequest;
  readonly credentialId: string | undefined;
}

/** `undefined`: the answer must not be kept. Nothing can be read out of a key; headers of the user's may hold secrets. */
export function cacheKeyOf(call: KeyedCall): string | undefined {
  const { candidate, request, credentialId } = call;
  if (candidate.location === 'embedded' || !isDeterministic(request)) return undefined;
  const { baseUrl, model, fim, providerId, profile } = candidate;
  const { maxOutputTokens, stop, temperature, reasoning } = request.limits;
  return hashOf({
    schema: SCHEMA,
    provider: providerId,
    baseUrl,
    model,
    fim,
    options: profile.options,
    headers: profile.headers,
    credential: credentialId ?? null,
    purpose: request.purpose,
    input: request.input,
    limits: { maxOutputTokens, stop, temperature, reasoning },
    // Some gateways route by them.
    hints: request.routing,
  });
}

/** The same for the whole request, whoever answers it: what runs at the same time can be one. */
export function requestKeyOf(request: ModelRequest): string | undefined {
  return isDeterministic(request) ? hashOf({ schema: SCHEMA, request }) : undefined;
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

/** Keys in order, nothing for what is not there: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
