/** Which scenarios run in which editor session, against which model, and which settings of the editor go with them. */
import {
  type Scenario,
  type ScenarioOptions,
  type ScenarioResult,
  accepts,
  bursts,
  steady,
  stops,
} from './scenarios.ts';
import { openFile, openSession } from './session.ts';
import { type OracleServer } from '../oracle/server.ts';
import type { MeasuredExtension } from './extensions.ts';
import { createRecorder } from './recorder.ts';
import { createTypist } from './typist.ts';
import { savedText, type Stage } from './stage.ts';
import { flickers } from './observe.ts';
import { flatText, inventoryText, startOfTyping } from './targets.ts';
import { setTimeout as sleep } from 'node:timers/promises';

export type ScenarioName = 'stops' | 'steady' | 'bursts' | 'tab-120' | 'tab-800' | 'one-slot' | 'defaults';

const SCENARIOS: Readonly<Record<ScenarioName, { readonly run: Scenario; readonly rounds: number }>> = {
  stops: { run: stops, rounds: 24 },
  steady: { run: steady, rounds: 20 },
  bursts: { run: bursts, rounds: 30 },
  'tab-120': { run: accepts(120), rounds: 20 },
  'tab-800': { run: accepts(800), rounds: 14 },
  'one-slot': { run: stops, rounds: 24 },
  defaults: { run: stops, rounds: 24 },
};

export const SCENARIO_NAMES = Object.keys(SCENARIOS) as readonly ScenarioName[];

/** One editor session: what the model is like, and what is done. */
export interface SessionPlan {
  readonly label: string;
  readonly ttftMs: number;
  readonly slots: number;
  readonly wrongShare: number;
  readonly editorDefaults: boolean;
  readonly scenarios: readonly ScenarioName[];
}

export interface PlanOptions {
  readonly ttftMs: readonly number[];
  readonly only: readonly ScenarioName[];
}

/** The model of the one-slot and default-settings rows: the slower of the two that the issue names. */
const SLOW_TTFT_MS = 200;

export function planSessions(options: PlanOptions): readonly SessionPlan[] {
  const plans: SessionPlan[] = options.ttftMs.map((ttftMs) => ({
    label: String(ttftMs),
    ttftMs,
    slots: 4,
    wrongShare: 0,
    editorDefaults: false,
    scenarios: (['stops', 'steady', 'bursts', 'tab-120', 'tab-800'] as const).filter((name) =>
      options.only.includes(name),
    ),
  }));
  const slow = { ttftMs: SLOW_TTFT_MS, slots: 4, wrongShare: 0, editorDefaults: false };
  if (options.only.includes('one-slot')) {
    plans.push({ ...slow, label: 'one-slot', slots: 1, wrongShare: 0.4, scenarios: ['one-slot'] });
  }
  if (options.only.includes('defaults')) {
    plans.push({ ...slow, label: 'defaults', editorDefaults: true, scenarios: ['defaults'] });
  }
  return plans.filter((plan) => plan.scenarios.length > 0);
}

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
}

export type SessionResult = Partial<Record<ScenarioName, MeasuredScenario>>;

export async function runSession(
  plan: SessionPlan,
  extension: MeasuredExtension,
  oracle: OracleServer,
  options: { readonly seed: number; readonly roundsFactor: number; readonly screenshot: string | undefined },
): Promise<SessionResult> {
  oracle.configure({ ttftMs: plan.ttftMs, slots: plan.slots, wrongShare: plan.wrongShare });
  const files = plan.scenarios.map((name, index) => {
    const target = plan.editorDefaults ? flatText() : inventoryText(index + (plan.ttftMs === SLOW_TTFT_MS ? 4 : 0));
    const offset = plan.editorDefaults ? target.indexOf('\n') + 1 : startOfTyping(target);
    return { name, target, offset, fileName: `${name}.ts` };
  });
  const session = await openSession({
    extensionFolder: extension.folder,
    settings: { ...(plan.editorDefaults ? DEFAULT_TYPING : EXACT_TYPING), ...extension.settings(oracle.url) },
    files: Object.fromEntries(files.map((file) => [file.fileName, file.target.slice(0, file.offset)])),
  });
  const results: SessionResult = {};
  try {
    const recorder = await createRecorder(session.page);
    await untilActive(session.times);
    for (const { name, target, offset, fileName } of files) {
      oracle.configure({ targets: [target] });
      await openFile(session.page, fileName);
      // VS Code looks at a new file for a while (TypeScript starts, colours arrive); typing begins after that.
      await sleep(2500);
      recorder.reset();
      oracle.takeRequests();
      const stage: Stage = {
        session,
        recorder,
        typist: createTypist(session.page, recorder),
        oracle,
        fileName,
        target,
        offset,
      };
      const { run, rounds } = SCENARIOS[name];
      const scenarioOptions: ScenarioOptions = {
        seed: options.seed,
        rounds: Math.max(4, Math.round(rounds * options.roundsFactor)),
        wrongShare: plan.wrongShare,
      };
      const result = await run(stage, scenarioOptions);
      const keyTimes = recorder.keys.map((key) => key.at);
      const seen = recorder.ghosts.slice(1);
      if (options.screenshot !== undefined) {
        await session.page.screenshot({ path: `${options.screenshot}-${plan.label}-${name}.png` });
      }
      const text = await savedText(stage);
      const exact =
        text === target.slice(0, stage.offset) ||
        (plan.editorDefaults && text.startsWith(target.slice(0, stage.offset)));
      results[name] = { ...result, flickers: flickers(seen, keyTimes), exact };
    }
    return results;
  } finally {
    await session.close();
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
