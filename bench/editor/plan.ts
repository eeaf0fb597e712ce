/** Which scenarios run in which editor session, and against which model. */
import { type Scenario, accepts, bursts, coldStops, steady, stops } from './scenarios.ts';

export type ScenarioName =
  'stops' | 'cold-stops' | 'steady' | 'bursts' | 'tab-120' | 'tab-800' | 'one-slot' | 'defaults';

export const SCENARIOS: Readonly<Record<ScenarioName, { readonly run: Scenario; readonly rounds: number }>> = {
  stops: { run: stops, rounds: 20 },
  'cold-stops': { run: coldStops, rounds: 10 },
  steady: { run: steady, rounds: 16 },
  bursts: { run: bursts, rounds: 24 },
  'tab-120': { run: accepts(120), rounds: 16 },
  'tab-800': { run: accepts(800), rounds: 12 },
  'one-slot': { run: stops, rounds: 20 },
  defaults: { run: stops, rounds: 20 },
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
export const SLOW_TTFT_MS = 200;

export function planSessions(options: PlanOptions): readonly SessionPlan[] {
  const plans: SessionPlan[] = options.ttftMs.map((ttftMs) => ({
    label: String(ttftMs),
    ttftMs,
    slots: 4,
    wrongShare: 0,
    editorDefaults: false,
    scenarios: (['stops', 'cold-stops', 'steady', 'bursts', 'tab-120', 'tab-800'] as const).filter((name) =>
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
