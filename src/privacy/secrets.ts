/** Secrets in text that is about to leave: what `base/redact` finds, for texts and for windows of texts. */
import { redactSecrets, redactWindow } from '../base/redact.ts';
import { findSecrets } from '../base/secret-scan.ts';

/**
 * How much to read beyond both edges of a window, in characters: more than any token and 100 lines of a key.
 *
 * A secret that an edge cuts in two has lost the shape by which it is known. So a prompt is cut like this: read this much
 * more on both sides (and across the cursor), find the secrets in all of it, then cut (`secretFreeWindow`). Text that is
 * handed over already cut (`withoutSecrets`) is treated with suspicion at its edges instead: a first word that looks
 * random, a last one that begins like a token, base64 lines and the rest of an address go.
 */
export const WINDOW_MARGIN = 8_192;

export function withoutSecrets(text: string): string {
  return redactSecrets(text);
}

export function hasSecret(text: string): boolean {
  return findSecrets(text).length > 0;
}

/** The part of the text from `start` to `end`, free of secrets that stand in it or reach into it. */
export function secretFreeWindow(text: string, start: number, end: number): string {
  return redactWindow(text, start, end);
}
