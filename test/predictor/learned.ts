/** Small models for tests, and documents with the cursor at `█`. */
import type { Corpus } from '../../src/predictor/corpus.ts';
import type { CorpusLimits } from '../../src/predictor/corpus-file.ts';
import type { Prediction } from '../../src/predictor/predictor.ts';
import { WorkspaceModel } from '../../src/predictor/workspace-model.ts';

export const SMALL: CorpusLimits = { maxTokens: 200_000, maxWords: 20_000, maxWordUnits: 200_000 };

export function finish<T>(work: Generator<void, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) {
      return step.value;
    }
  }
}

export function learn(corpus: Corpus, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    finish(corpus.learn({ path, language: 'typescript', text }));
  }
}

export function modelOf(files: Readonly<Record<string, string>>, limits = SMALL): WorkspaceModel {
  const model = new WorkspaceModel(limits);
  learn(model.corpus, files);
  return model;
}

export function predictAt(model: WorkspaceModel, path: string, document: string, maxLines = 1): Prediction | undefined {
  const cursor = document.indexOf('█');
  const query = {
    path,
    language: 'typescript',
    prefix: document.slice(0, cursor),
    suffix: document.slice(cursor + 1),
    maxLines,
  };
  return model.predict(query, { now: () => 0 });
}

export function textAt(model: WorkspaceModel, path: string, document: string, maxLines = 1): string | undefined {
  return predictAt(model, path, document, maxLines)?.text;
}
