/** Saves a growing model over and over until it is killed. */
import { writeSync } from 'node:fs';
import { Corpus } from '../../src/predictor/corpus.ts';
import { saveSnapshot } from '../../src/predictor/snapshot-file.ts';
import { SMALL, finish, learn } from './learned.ts';

const file = process.argv[2]!;
const corpus = new Corpus(SMALL);
for (let round = 0; ; round++) {
  learn(corpus, { [`f${round % 50}.ts`]: `export const v${round} = call(${round});\n`.repeat(20) });
  const save = saveSnapshot(file, corpus);
  save.next();
  writeSync(1, '.');
  finish(save);
}
