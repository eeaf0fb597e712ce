/**
 * What gateways stream beside the text of thoughts and want to see again with a tool's answer: signatures, encrypted pieces.
 * https://openrouter.ai/docs/guides/best-practices/reasoning-tokens#preserving-reasoning
 */
import { type JsonRecord, asRecord, countAt, listAt, parseJson, textAt } from './json.ts';

export interface ReasoningDetails {
  /** `reasoning_details` of one piece of the stream; anything else is passed over. */
  push(details: readonly unknown[]): void;
  /** All so far as one opaque text, and nothing from then on; `undefined` if there was nothing. */
  seal(): string | undefined;
}

export function createReasoningDetails(): ReasoningDetails {
  let pieces: JsonRecord[] = [];
  return {
    push(details) {
      for (const detail of details) {
        const piece = asRecord(detail);
        if (piece === undefined) continue;
        const last = pieces.at(-1);
        if (last !== undefined && isContinued(last, piece)) pieces[pieces.length - 1] = joined(last, piece);
        else pieces.push(piece);
      }
    },
    seal() {
      const sealed = pieces.length === 0 ? undefined : JSON.stringify({ details: pieces });
      pieces = [];
      return sealed;
    },
  };
}

/** What was sealed; empty for a signature of another kind. */
export function unsealDetails(signature: string | undefined): readonly unknown[] {
  return signature === undefined ? [] : listAt(parseJson(signature), 'details');
}

function isContinued(last: JsonRecord, next: JsonRecord): boolean {
  return (
    textAt(last, 'type') === textAt(next, 'type') &&
    countAt(last, 'index') === countAt(next, 'index') &&
    !('data' in next)
  );
}

/** Texts grow, the rest is what was said last. */
function joined(last: JsonRecord, next: JsonRecord): JsonRecord {
  const texts = ['text', 'summary'].flatMap((field) => {
    const text = (textAt(last, field) ?? '') + (textAt(next, field) ?? '');
    return text === '' ? [] : [[field, text]];
  });
  const told = Object.entries(next).filter(([, value]) => value !== null && value !== undefined);
  return { ...last, ...Object.fromEntries(told), ...Object.fromEntries(texts) };
}
