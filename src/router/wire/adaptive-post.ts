/** Sending a body whose optional fields not every model takes: what is refused by name is left out, and remembered. */
import { ReaperError } from '../../base/errors.ts';
import type { JsonRecord } from './json.ts';
import { type ServerEvent, openEvents } from './server-events.ts';
import type { Target } from './transport.ts';

export interface AdaptedStream {
  readonly events: AsyncGenerator<ServerEvent, void, undefined>;
  /** What was left out and is missed, in the user's words. */
  readonly warnings: readonly string[];
}

/** Posts a body; a request that is refused because of an optional field is sent once more without it, a few times at most. */
export type AdaptivePost = (target: Target, url: URL, body: JsonRecord) => Promise<AdaptedStream>;

type Adjustment =
  | { readonly type: 'drop'; readonly field: string }
  | { readonly type: 'set'; readonly field: string; readonly value: string }
  | { readonly type: 'rename'; readonly field: string; readonly to: string };

// A body has no more optional fields than this.
const MAX_ADJUSTMENTS = 4;
// By likelihood. `stop` and `stream_options` are not missed: stops are cut here, tokens are counted here.
const OPTIONAL_FIELDS = ['reasoning_effort', 'stream_options', 'temperature', 'stop', 'chat_template_kwargs'];
const TOKEN_FIELDS = ['max_tokens', 'max_completion_tokens'] as const;
const MISSED_FIELDS: ReadonlyMap<string, string> = new Map([
  ['temperature', 'does not take a temperature; it was left out.'],
  ['reasoning_effort', 'does not take a reasoning effort; its answers may begin late.'],
]);

export function createAdaptivePost(): AdaptivePost {
  /** Per address and model: an OpenAI-compatible gateway serves many models, each with its own limits. */
  const learned = new Map<string, readonly Adjustment[]>();

  return async (target, url, body) => {
    const key = `${url.href} ${target.model ?? ''}`;
    let adjustments = learned.get(key) ?? [];
    for (;;) {
      const adjusted = adjustments.reduce(apply, body);
      try {
        const events = await openEvents(target, { url, body: adjusted });
        if (adjustments.length > 0) learned.set(key, adjustments);
        return { events, warnings: warningsFor(adjustments, target) };
      } catch (error) {
        const next = adjustments.length < MAX_ADJUSTMENTS ? adjustmentFor(error, adjusted) : undefined;
        if (next === undefined) throw error;
        adjustments = [...adjustments, next];
      }
    }
  };
}

function adjustmentFor(error: unknown, body: JsonRecord): Adjustment | undefined {
  if (!(error instanceof ReaperError) || error.kind !== 'bad-response') return undefined;
  if (error.status !== 400 && error.status !== 422) return undefined;
  const said = error.message;
  for (const field of TOKEN_FIELDS) {
    const other = TOKEN_FIELDS.find((name) => name !== field);
    if (field in body && other !== undefined && names(said, field) && names(said, other)) {
      return { type: 'rename', field, to: other };
    }
  }
  const field = OPTIONAL_FIELDS.find((name) => name in body && names(said, name));
  if (field === undefined) return undefined;
  if (field === 'reasoning_effort') {
    // The least that the server says it takes.
    const value = ['minimal', 'low'].find(
      (effort) => effort !== body[field] && new RegExp(`\\b${effort}\\b`).test(said),
    );
    if (value !== undefined) return { type: 'set', field, value };
  }
  return { type: 'drop', field };
}

/** Whether a message speaks of a field. `stop` and `temperature` are words too, so they must stand in quotes. */
function names(message: string, field: string): boolean {
  return field.includes('_')
    ? new RegExp(`\\b${field}\\b`).test(message)
    : new RegExp(`['"\`]${field}['"\`]`).test(message);
}

function apply(body: JsonRecord, adjustment: Adjustment): JsonRecord {
  const { [adjustment.field]: value, ...rest } = body;
  if (value === undefined) return body;
  switch (adjustment.type) {
    case 'drop':
      return rest;
    case 'set':
      return { ...body, [adjustment.field]: adjustment.value };
    case 'rename':
      return { ...rest, [adjustment.to]: value };
  }
}

function warningsFor(adjustments: readonly Adjustment[], target: Target): readonly string[] {
  return adjustments.flatMap((adjustment) => {
    const missed = adjustment.type === 'drop' ? MISSED_FIELDS.get(adjustment.field) : undefined;
    return missed === undefined ? [] : [`${target.model ?? 'The model'} ${missed}`];
  });
}
