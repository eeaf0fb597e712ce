/** Sending a body whose optional fields not every model takes: what is refused by name is left out, and remembered. */
import { type Adjustment, adjust, adjustmentFor, isLasting, warningOf } from './adjustments.ts';
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

// A body has seldom more optional fields than this.
const MAX_ADJUSTMENTS = 4;

/** `keyHeader`: as in `Exchange`. */
export function createAdaptivePost(keyHeader?: string): AdaptivePost {
  /** Per address and model: an OpenAI-compatible gateway serves many models, each with its own limits. */
  const learned = new Map<string, readonly Adjustment[]>();

  const where = keyHeader === undefined ? {} : { keyHeader };
  return async (target, url, body) => {
    const key = `${url.href} ${target.model ?? ''}`;
    let adjustments = learned.get(key) ?? [];
    for (let attempt = 0; ; attempt++) {
      const { adjusted, warnings } = adjustAll(body, adjustments, target);
      try {
        const events = await openEvents(target, { url, body: adjusted, ...where });
        if (attempt > 0) learned.set(key, adjustments.filter(isLasting));
        return { events, warnings };
      } catch (error) {
        const next = attempt < MAX_ADJUSTMENTS ? adjustmentFor(error, adjusted) : undefined;
        if (next === undefined) throw error;
        adjustments = [...adjustments, next];
      }
    }
  };
}

interface Adjusted {
  readonly adjusted: JsonRecord;
  readonly warnings: readonly string[];
}

function adjustAll(body: JsonRecord, adjustments: readonly Adjustment[], target: Target): Adjusted {
  let adjusted = body;
  const warnings: string[] = [];
  for (const adjustment of adjustments) {
    const next = adjust(adjusted, adjustment);
    const warning = isChanged(adjusted, next) ? warningOf(adjustment) : undefined;
    if (warning !== undefined) warnings.push(`${target.model ?? 'The model'} ${warning}`);
    adjusted = next;
  }
  return { adjusted, warnings };
}

function isChanged(before: JsonRecord, after: JsonRecord): boolean {
  return before !== after && JSON.stringify(before) !== JSON.stringify(after);
}
