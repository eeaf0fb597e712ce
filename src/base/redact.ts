/** Replaces secrets by placeholders: for log lines and errors here, for prompts through `privacy`. */
import { findSecrets } from './secret-scan.ts';
import type { SecretSpan } from './secret-spans.ts';

/**
 * The text with every detected secret replaced by `REDACTED_<kind>`, which is valid wherever the secret was; the same
 * string if there is none. Line breaks stay where they were. `known` are values that are secret whatever they look like,
 * such as the user's own keys.
 */
export function redactSecrets(text: string, known: readonly string[] = []): string {
  let result = text;
  for (const value of known) {
    // Shorter values would blank out ordinary words.
    if (value.length >= 6 && result.includes(value)) {
      result = result.replaceAll(value, 'REDACTED_KEY');
    }
  }
  return replaceSpans(result, findSecrets(result), 0, result.length);
}

/**
 * The part of the text from `start` to `end`, without secrets that stand in it *or reach into it*: they are looked for in
 * the whole text. A secret that begins before `start` leaves nothing behind; one that ends after `end` leaves its
 * placeholder.
 */
export function redactWindow(text: string, start: number, end: number): string {
  return replaceSpans(text, findSecrets(text), start, end);
}

function replaceSpans(text: string, spans: readonly SecretSpan[], start: number, end: number): string {
  let result = '';
  let position = start;
  for (const span of spans) {
    if (span.end <= position || span.start >= end) {
      continue;
    }
    if (span.start >= start) {
      result += `${text.slice(position, span.start)}REDACTED_${span.kind}`;
    }
    const last = Math.min(span.end, end);
    result += lineBreaksOf(text.slice(Math.max(span.start, start), last));
    position = last;
  }
  return position === start && result === '' ? text.slice(start, end) : result + text.slice(position, end);
}

function lineBreaksOf(removed: string): string {
  return removed.includes('\n') ? removed.replace(/[^\r\n]+/g, '') : '';
}
