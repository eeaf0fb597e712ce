/** How often the shown text is exactly what is missing, on real code with a model that knows it and does not stop. */
import { basename } from 'node:path';
import { finishText } from '../../src/completion/finish/finish-text.ts';
import { share } from '../report/statistics.ts';
import { type Row, atLeast } from '../report/table.ts';
import { type Kind, type Place, placesIn, sourceFiles } from './real-code.ts';
import { asWritten } from './recorded.ts';

const KINDS: readonly Kind[] = [
  'rest of the line',
  'rest of the line, brackets closed',
  'whole line',
  'body of a block',
];
const FILES_PER_FOLDER = 120;
const PLACES_PER_FILE = 8;

export function realCodeRows(folders: readonly string[], seed: number, show: number): readonly Row[] {
  const random = randomFrom(seed);
  return folders.flatMap((folder) => {
    const files = sourceFiles(folder, FILES_PER_FOLDER);
    const name = folder.split('/').slice(-2).join('/');
    return KINDS.map((kind) => {
      const places = files.flatMap((file) => placesIn(file, kind, random, PLACES_PER_FILE));
      let shown = 0;
      const right = places.map((place) => {
        const isRight = isExact(place, shownText(place));
        if (!isRight && shown++ < show) {
          print(kind, place);
        }
        return isRight;
      });
      const plain = places.map((place) => isExact(place, asWritten(place.model, place.context.mode)));
      return {
        quantity: `${name}: ${kind} (${places.length})`,
        unit: 'share',
        wanted: atLeast(0.99),
        values: { Reaper: share(right), 'as written': share(plain) },
      } satisfies Row;
    });
  });
}

function shownText(place: Place): string {
  const result = finishText(place.model, true, place.context);
  return result.type === 'text' ? result.text : '';
}

/** White space at line ends does not count; behind a closing bracket separators do not either, for which there is no room. */
function isExact({ missing, context }: Place, text: string): boolean {
  const rest = context.after.slice(0, Math.max(0, context.after.indexOf('\n')));
  if (rest === '') {
    return normal(text) === normal(missing);
  }
  const closed = (line: string): string => line.replaceAll(/\s+(?=[)\]}])/g, '').replace(/[;,:{\s]+$/, '');
  return closed(text + rest) === closed(missing);
}

function normal(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd();
}

function print(kind: Kind, place: Place): void {
  const result = finishText(place.model, true, place.context);
  const { before, after } = place.context;
  console.log(`${kind}, ${basename(place.file)}:${place.line}
  before ${JSON.stringify(before.slice(-100))}
  after  ${JSON.stringify(after.slice(0, 60))}
  wanted ${JSON.stringify(place.missing)}
  got    ${JSON.stringify(result)}`);
}

/** Numbers from 0 to 1 that are the same in each run (constants of Numerical Recipes). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}
