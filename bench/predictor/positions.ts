/** Where the models are asked: every line start, some places within lines, and some within words; drawn by hash, not by result. */
import { tokenize } from '../../src/predictor/tokenizer.ts';
import { hashOf } from './trees.ts';

/** `line`: after the indentation. `token`: between two tokens of a line. `word`: within a name or number. */
export type PlaceKind = 'line' | 'token' | 'word';

export interface Position {
  readonly offset: number;
  readonly kind: PlaceKind;
  /** The rest of the line, without white space at its end. */
  readonly rest: string;
}

/** Lines asked about in one file, on average; so that many files count. */
const LINES_PER_FILE = 60;
const SHORTEST_WORD = 3;

export function positionsIn(path: string, text: string): readonly Position[] {
  const lines = text.split('\n');
  const share = Math.min(1, LINES_PER_FILE / lines.length);
  const positions: Position[] = [];
  let start = 0;
  lines.forEach((line, number) => {
    const body = line.trim();
    if (body !== '' && hashOf(`${path}:${number}`) / 2 ** 32 < share) {
      const offset = start + line.indexOf(body[0]!);
      positions.push({ offset, kind: 'line', rest: body });
      positions.push(...placesWithin(body, offset, hashOf(`${path}#${number}`)));
    }
    start += line.length + 1;
  });
  return positions;
}

/** In every second line a place between tokens, in every fourth one within a word. */
function placesWithin(body: string, offset: number, hash: number): Position[] {
  const tokens: { readonly start: number; readonly end: number }[] = [];
  tokenize(body, 2, { word: () => 256, token: (_token, start, end) => tokens.push({ start, end }) });
  const at = (place: number, kind: PlaceKind): Position => ({ offset: offset + place, kind, rest: body.slice(place) });
  if (hash % 2 === 0) {
    return tokens.length < 2 ? [] : [at(tokens[(hash >>> 2) % (tokens.length - 1)]!.end, 'token')];
  }
  const words = tokens.filter(({ start, end }) => /^ ?\w+$/.test(body.slice(start, end)));
  const long = words.map(({ start, end }) => ({ start: body[start] === ' ' ? start + 1 : start, end }));
  const fit = long.filter(({ start, end }) => end - start >= SHORTEST_WORD);
  if (hash % 4 !== 1 || fit.length === 0) {
    return [];
  }
  const { start, end } = fit[(hash >>> 2) % fit.length]!;
  return [at(start + 1 + ((hash >>> 9) % (end - start - 1)), 'word')];
}
