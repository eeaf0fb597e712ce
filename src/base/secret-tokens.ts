/** Tokens that are told by their own shape, by the table of kinds. */
import { CONTEXT_KINDS, PREFIXED_KINDS } from './secret-kinds.ts';
import type { SecretSpan } from './secret-spans.ts';

/** A run of word characters shorter than this is never the body of a known token. */
export const SHORTEST_RUN = 16;
/** Where `+` or `/` goes on from the run it may be the first piece of a base64 body, with hardly more than the prefix. */
export const SHORTEST_PREFIX = 4;

/** The known tokens that begin in the run of `[A-Za-z0-9_-]` from `start` to `end`; a token may reach beyond it. */
export function findTokensInRun(text: string, start: number, end: number, spans: SecretSpan[]): number {
  let covered = start;
  for (const { kind, pattern } of CONTEXT_KINDS) {
    pattern.lastIndex = start;
    if (pattern.test(text)) {
      spans.push({ start, end: pattern.lastIndex, kind });
      covered = Math.max(covered, pattern.lastIndex);
    }
  }
  const run = text.slice(start, end);
  ANY_PREFIX.lastIndex = covered - start;
  for (let match = ANY_PREFIX.exec(run); match !== null; match = ANY_PREFIX.exec(run)) {
    const at = start + match.index;
    const found = tokenAt(text, at, match[0]);
    if (found === undefined) {
      ANY_PREFIX.lastIndex = match.index + 1;
    } else {
      spans.push(found);
      covered = Math.max(covered, found.end);
      ANY_PREFIX.lastIndex = found.end - start;
    }
  }
  return covered;
}

/** How much of a body has to be there before a token that the end of the text cuts off counts as one. */
const SHORTEST_CUT_BODY = 4;

/** A known token that the end of the text cut off, looked for from `start` on. */
export function findCutToken(text: string, start: number, spans: SecretSpan[]): void {
  const match = CUT_TOKEN.exec(text.slice(start));
  const rows = match === null ? undefined : ROWS_BY_PREFIX.get(match[1] ?? '');
  const row = rows?.[0];
  if (match !== null && row !== undefined) {
    spans.push({ start: start + match.index, end: text.length, kind: row.kind });
  }
}

interface Row {
  readonly kind: string;
  readonly pattern: RegExp;
}

function tokenAt(text: string, at: number, prefix: string): SecretSpan | undefined {
  for (const { kind, pattern } of ROWS_BY_PREFIX.get(prefix) ?? []) {
    pattern.lastIndex = at;
    if (pattern.test(text)) {
      return { start: at, end: pattern.lastIndex, kind };
    }
  }
  return undefined;
}

const ALL_PREFIXES = PREFIXED_KINDS.flatMap(({ prefixes }) => prefixes).toSorted((a, b) => b.length - a.length);
const ANY_PREFIX = new RegExp(ALL_PREFIXES.map(escape).join('|'), 'g');

/** A run that begins with one of the longer prefixes and ends with the text. Shorter ones begin ordinary words as well. */
const CUT_TOKEN = new RegExp(
  `(?<![A-Za-z0-9])(${ALL_PREFIXES.filter((prefix) => prefix.length > 3)
    .map(escape)
    .join('|')})[\\w-]{${SHORTEST_CUT_BODY},}$`,
);

/** For each prefix, the rows to try where it stands: its own first, then those of the shorter ones that it begins with. */
const ROWS_BY_PREFIX: ReadonlyMap<string, readonly Row[]> = new Map(
  ALL_PREFIXES.map((prefix) => {
    const rows: Row[] = [];
    for (const candidate of ALL_PREFIXES.filter((other) => prefix.startsWith(other))) {
      for (const { kind, prefixes, body, standalone } of PREFIXED_KINDS) {
        if (prefixes.includes(candidate)) {
          const boundary = standalone === true ? '(?<![\\w-])' : '';
          rows.push({ kind, pattern: new RegExp(`${boundary}${escape(candidate)}${body}`, 'y') });
        }
      }
    }
    return [prefix, rows];
  }),
);

function escape(literal: string): string {
  return literal.replace(/[$.*+?^()[\]{}|\\]/g, '\\$&');
}
