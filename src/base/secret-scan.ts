/** Finds secrets in any text, in one pass and in linear time. */
import { findAssigned, findSpaced, isFollowedByValue } from './secret-assignments.ts';
import { findKeyBlocks } from './secret-key-blocks.ts';
import { mergeSpans, type SecretSpan } from './secret-spans.ts';
import { findCutToken, findTokensInRun, SHORTEST_PREFIX, SHORTEST_RUN } from './secret-tokens.ts';
import { findCutUrl, findInOracleAddress, findInUrl } from './secret-urls.ts';
import { looksRandom } from './secret-values.ts';

/**
 * Every secret in the text, in order. The text may be a window that was cut out of a longer one: what is left of a secret
 * at either edge is found too, where it can be told. To be sure of it, scan the longer text and cut afterwards
 * (`redactWindow`).
 */
export function findSecrets(text: string): readonly SecretSpan[] {
  const spans = findKeyBlocks(text);
  const length = text.length;
  let runStart = -1;
  let covered = 0;
  for (let index = 0; index <= length; index++) {
    const code = index < length ? text.charCodeAt(index) : 0;
    if (code < 128 && WORD[code] === 1) {
      if (runStart === -1) {
        runStart = index;
      }
      continue;
    }
    if (runStart !== -1 && index > covered) {
      const isBase64 = code === PLUS || code === SLASH;
      if (index - runStart >= (isBase64 ? SHORTEST_PREFIX : SHORTEST_RUN)) {
        covered = findTokensInRun(text, Math.max(runStart, covered), index, spans);
      }
      covered = Math.max(covered, examineName(text, runStart, index, code, spans));
    }
    if (code === COLON && text.charCodeAt(index + 1) === SLASH && text.charCodeAt(index + 2) === SLASH) {
      findInUrl(text, index, spans);
    }
    runStart = -1;
  }
  findAtEdges(text, spans);
  return mergeSpans(spans);
}

/** Looks for a value behind the word in `[start, end)`; gives where the secret ends, or `end`. */
function examineName(text: string, start: number, end: number, next: number, spans: SecretSpan[]): number {
  if (next === COLON && end - start === 6 && text.startsWith('oracle', start)) {
    findInOracleAddress(text, end, spans);
  }
  if (next === SPACE || next === TAB) {
    findSpaced(text, start, end, spans);
  }
  return isFollowedByValue(text, end) ? findAssigned(text, start, end, spans) : end;
}

/** What is left of a token whose beginning or end was cut off, long enough to matter. */
const FIRST_FRAGMENT = /^[\w+/=.~%-]{12,4096}/;
/** Longer and with digits, since at the end of a text stands the name that is being typed. */
const LAST_FRAGMENT = /(?<![\w+/=.~%-])[\w+/=.~%-]{16,512}$/;

function findAtEdges(text: string, spans: SecretSpan[]): void {
  const first = FIRST_FRAGMENT.exec(text.slice(0, 4_096))?.[0];
  if (first !== undefined && looksRandom(first) && !first.startsWith('REDACTED_')) {
    spans.push({ start: 0, end: first.length, kind: 'FRAGMENT' });
  }
  findCutUrl(text, spans);
  const tailStart = Math.max(0, text.length - 600);
  const last = LAST_FRAGMENT.exec(text.slice(tailStart))?.[0];
  if (last !== undefined && /\d\D*\d/.test(last) && looksRandom(last) && !last.includes('REDACTED_')) {
    spans.push({ start: text.length - last.length, end: text.length, kind: 'FRAGMENT' });
  }
  findCutToken(text, Math.max(0, text.length - 256), spans);
}

const TAB = 0x09;
const SPACE = 0x20;
const PLUS = 0x2b;
const SLASH = 0x2f;
const COLON = 0x3a;

/** 1 for letters, digits, `_` and `-`. */
const WORD = new Uint8Array(128);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-') {
  WORD[char.charCodeAt(0)] = 1;
}
