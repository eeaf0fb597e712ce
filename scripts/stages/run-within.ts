/** One stage with a limit: who is not done by then is ended, and has failed by name. */
import type { Stage, StageOptions, StageResult } from './stage.ts';

/** How long an ended stage may take to say how far it had come. */
const LAST_WORDS_MS = 10_000;

export async function runWithin(
  stage: Stage,
  options: StageOptions,
  lastWordsMs: number = LAST_WORDS_MS,
): Promise<StageResult> {
  const abort = new AbortController();
  const timers: NodeJS.Timeout[] = [];
  const wait = (ms: number, then: () => void): void => void timers.push(setTimeout(then, ms));
  const silent = new Promise<StageResult>((resolve) => {
    wait(stage.limitMs, () => {
      wait(lastWordsMs, () => resolve({ passed: 0, failed: 0, output: 'It said nothing about how far it had come.' }));
      abort.abort();
    });
  });
  try {
    const result = await Promise.race([stage.run(options, abort.signal), silent]);
    return abort.signal.aborted ? stopped(stage, result) : result;
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    return stopped(stage, { passed: 0, failed: 0, output: String(error) });
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
}

function stopped({ name, limitMs }: Stage, result: StageResult): StageResult {
  const why = `The stage ${name} was stopped: it was not done after ${limitMs / 1000} s. What it said last:`;
  const lastLines = result.output.trimEnd().split('\n').slice(-40).join('\n');
  return { ...result, failed: Math.max(1, result.failed), output: `${why}\n${lastLines}` };
}
