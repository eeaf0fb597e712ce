/** One editor session: opens VS Code with the extension, and runs the scenarios of a plan in it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { OracleServer } from '../oracle/server.ts';
import type { MeasuredExtension } from './extensions.ts';
import { flickers } from './observe.ts';
import { SCENARIOS, SLOW_TTFT_MS, type ScenarioName, type SessionPlan } from './plan.ts';
import { createRecorder } from './recorder.ts';
import type { ScenarioOptions, ScenarioResult } from './scenarios.ts';
import { openSession } from './session.ts';
import { type StagedFile, type Stage, enter, savedText } from './stage.ts';
import { flatText, freshPlace, inventoryText, startOfTyping } from './targets.ts';
import { traceOf } from './trace.ts';
import { createTypist } from './typist.ts';

/** Issue 2 §6. */
const TOKEN_MS = 8;

/** So that what is typed is what stands in the file. */
const EXACT_TYPING = {
  'editor.autoClosingBrackets': 'never',
  'editor.autoClosingQuotes': 'never',
  'editor.autoIndent': 'none',
  'editor.acceptSuggestionOnEnter': 'off',
  'editor.acceptSuggestionOnCommitCharacter': false,
  'editor.trimAutoWhitespace': false,
};

/** Real users' settings, but for the suggest widget's own ways of changing the text. */
const DEFAULT_TYPING = {
  'editor.acceptSuggestionOnEnter': 'off',
  'editor.acceptSuggestionOnCommitCharacter': false,
};

export interface MeasuredScenario extends ScenarioResult {
  readonly flickers: number;
  /** Whether the file held what was meant to be typed. */
  readonly exact: boolean;
  /** What happened, in the page's time: for finding causes. */
  readonly trace: readonly string[];
}

export type SessionResult = Partial<Record<ScenarioName, MeasuredScenario>>;

export async function runSession(
  plan: SessionPlan,
  extension: MeasuredExtension,
  oracle: OracleServer,
  options: { readonly seed: number; readonly roundsFactor: number; readonly screenshot: string | undefined },
): Promise<SessionResult> {
  const speed =
    extension.instantModel === true ? { ttftMs: 0, tokenMs: 0 } : { ttftMs: plan.ttftMs, tokenMs: TOKEN_MS };
  oracle.configure({ ...speed, slots: plan.slots, wrongShare: plan.wrongShare });
  const roundsOf = (name: ScenarioName): number =>
    Math.max(4, Math.round(SCENARIOS[name].rounds * options.roundsFactor));
  const files = plan.scenarios.map((name, index) => ({ name, files: filesOf(plan, name, index, roundsOf(name)) }));
  const all = [...files.flatMap((entry) => entry.files), WARM_UP];
  const session = await openSession({
    extensionFolder: extension.folder,
    settings: { ...(plan.editorDefaults ? DEFAULT_TYPING : EXACT_TYPING), ...extension.settings(oracle.url) },
    files: Object.fromEntries(all.map((file) => [file.fileName, file.target.slice(0, file.offset)])),
  });
  const results: SessionResult = {};
  try {
    const recorder = await createRecorder(session.page);
    await untilActive(() => session.times());
    const stage: Stage = {
      session,
      recorder,
      typist: createTypist(session.page, recorder),
      oracle,
      files: [WARM_UP],
      fileName: WARM_UP.fileName,
      target: WARM_UP.target,
      offset: WARM_UP.offset,
      closesBrackets: plan.editorDefaults,
    };
    await warmUp(stage);
    for (const { name, files: staged } of files) {
      stage.files = staged;
      await enter(stage, 0);
      recorder.reset();
      oracle.takeRequests();
      const scenarioOptions: ScenarioOptions = {
        seed: options.seed,
        rounds: roundsOf(name),
        wrongShare: plan.wrongShare,
      };
      const result = await SCENARIOS[name].run(stage, scenarioOptions);
      const keyTimes = recorder.keys.map((key) => key.at);
      const flickerTimes = flickers(recorder.ghosts.slice(1), keyTimes);
      if (options.screenshot !== undefined) {
        await session.page.screenshot({ path: `${options.screenshot}-${plan.label}-${name}.png` });
      }
      const text = await savedText(stage);
      const exact =
        text === stage.target.slice(0, stage.offset) ||
        (plan.editorDefaults && text.startsWith(stage.target.slice(0, stage.offset)));
      results[name] = {
        ...result,
        flickers: flickerTimes.length,
        exact,
        trace: traceOf(recorder, oracle.requests, flickerTimes),
      };
    }
    return results;
  } finally {
    await session.close();
  }
}

const WARM_UP: StagedFile = {
  fileName: 'warm-up.ts',
  target: inventoryText(8),
  offset: startOfTyping(inventoryText(8)),
};

/** Each scenario types texts of its own; only the one that wants new places has several. */
function filesOf(plan: SessionPlan, name: ScenarioName, index: number, rounds: number): readonly StagedFile[] {
  if (name === 'cold-stops') {
    return Array.from({ length: rounds }, (_, round) => ({ ...freshPlace(round), fileName: `${name}-${round}.ts` }));
  }
  const target = plan.editorDefaults ? flatText() : inventoryText(index + (plan.ttftMs === SLOW_TTFT_MS ? 4 : 0));
  const offset = plan.editorDefaults ? target.indexOf('\n') + 1 : startOfTyping(target);
  return [{ target, offset, fileName: `${name}.ts` }];
}

/** The first keys of a session pay for code that is compiled, and for TypeScript's server, which starts: not measured. */
async function warmUp(stage: Stage): Promise<void> {
  await enter(stage, 0);
  await sleep(3000);
  for (let round = 0; round < 3; round++) {
    const typed = WARM_UP.offset + round * 14;
    await stage.typist.type(WARM_UP.target.slice(typed, typed + 14), 120);
    await stage.recorder.waitFor((note) => note.inline !== '', 1500);
    await stage.typist.rest(400);
  }
}

async function untilActive(times: () => unknown): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (times() !== undefined) {
      return;
    }
    await sleep(200);
  }
  throw new Error('The extension was not activated within a minute: does it have an activation event and its build?');
}
