/** `npm run bench -- editor`: types into the real VS Code and measures what a user would see. See ../README.md. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startOracle } from '../oracle/server.ts';
import { raisePriority } from '../report/priority.ts';
import { printReport, saveReport } from '../report/table.ts';
import { type MeasuredExtension, floor, otherExtension, reaper, reference } from './extensions.ts';
import { type LoadCost, measureLoad } from './load.ts';
import { SCENARIO_NAMES, type ScenarioName, planSessions } from './plan.ts';
import { type Measured, editorReport } from './rows.ts';
import { type SessionResult, runSession } from './run-session.ts';
import { inventoryText, startOfTyping } from './targets.ts';

raisePriority();

const { values } = parseArgs({
  options: {
    extension: { type: 'string' },
    settings: { type: 'string' },
    reference: { type: 'string', multiple: true },
    floor: { type: 'boolean', default: false },
    'no-reaper': { type: 'boolean', default: false },
    ttft: { type: 'string', default: '60,200' },
    only: { type: 'string', default: [...SCENARIO_NAMES, 'load'].join(',') },
    quick: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    verbose: { type: 'boolean', default: false },
  },
});

const chosen = values.only.split(',').map((name) => name.trim());
const known: readonly string[] = [...SCENARIO_NAMES, 'load'];
for (const name of chosen) {
  if (!known.includes(name)) {
    console.error(`There is no scenario ${name}; there are ${known.join(', ')}.`);
    process.exit(2);
  }
}
const only = SCENARIO_NAMES.filter((name): name is ScenarioName => chosen.includes(name));
const ttftMs = values.ttft.split(',').map(Number);

const subjects: MeasuredExtension[] = [];
if (values.extension !== undefined) {
  subjects.push(otherExtension(values.extension, values.settings));
} else if (!values['no-reaper']) {
  subjects.push(await reaper());
}
subjects.push(...(values.reference ?? []).map((debounceMs) => reference(Number(debounceMs))));
if (values.floor) {
  subjects.push(floor());
}

const oracle = await startOracle({ tokenMs: 8, maxLines: 4 });
const measured: Measured[] = [];
try {
  const text = inventoryText(0);
  const loads = values.quick ? 1 : 3;
  const empty = chosen.includes('load')
    ? await measureLoad(undefined, oracle.url, text.slice(0, startOfTyping(text)), loads)
    : undefined;
  for (const extension of subjects) {
    const sessions: Record<string, SessionResult> = {};
    for (const plan of planSessions({ ttftMs, only }).slice(0, extension.instantModel === true ? 1 : undefined)) {
      const startedAt = performance.now();
      sessions[plan.label] = await runSession(plan, extension, oracle, {
        seed: Number(values.seed),
        roundsFactor: values.quick ? 0.4 : 1,
        screenshot: values.verbose ? join(import.meta.dirname, '..', '..', 'test-results', 'bench') : undefined,
      });
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
      console.log(`${extension.name}: ${plan.label} (${plan.scenarios.join(', ')}) took ${seconds} s`);
    }
    const load: LoadCost | undefined =
      empty === undefined
        ? undefined
        : await measureLoad(extension, oracle.url, text.slice(0, startOfTyping(text)), loads);
    measured.push({ extension, sessions, load });
  }
  const report = editorReport(measured, empty, ttftMs);
  printReport(report);
  console.log(`Details: ${saveReport(report, measured)}`);
} finally {
  await oracle.close();
  for (const { folder } of subjects.filter((subject) => subject.temporary)) {
    rmSync(folder, { recursive: true, force: true });
  }
}
