/** How many of the recorded model outputs come out right. */
import { finishText } from '../../src/completion/finish/finish-text.ts';
import { recordedCases, shownText } from '../../test/completion/finish/recorded-cases.ts';
import { share } from '../report/statistics.ts';
import { type Row, atLeast } from '../report/table.ts';

export function recordedRows(show: number): readonly Row[] {
  const files = new Map<string, { readonly right: boolean[]; readonly asWritten: boolean[] }>();
  let shown = 0;
  for (const { file, name, context, model, expected } of recordedCases()) {
    const text = shownText(finishText(model, true, context));
    const entry = files.get(file) ?? { right: [], asWritten: [] };
    files.set(file, entry);
    entry.right.push(text === expected);
    entry.asWritten.push(asWritten(model, context.mode) === expected);
    if (text !== expected && shown++ < show) {
      console.log(`${file}: ${name}\n  wanted ${JSON.stringify(expected)}\n  shown  ${JSON.stringify(text)}`);
    }
  }
  const all = [...files.values()];
  return [
    ...[...files].map(([file, { right, asWritten: plain }]) =>
      row(`recorded, ${file.replace('.txt', '')}`, right, plain),
    ),
    row(
      'recorded, all',
      all.flatMap((entry) => entry.right),
      all.flatMap((entry) => entry.asWritten),
    ),
  ];
}

function row(name: string, right: readonly boolean[], plain: readonly boolean[]): Row {
  return {
    quantity: `${name} (${right.length})`,
    unit: 'share',
    wanted: atLeast(0.99),
    values: { Reaper: share(right), 'as written': share(plain) },
  };
}

/** What a client without any rule would show. */
export function asWritten(model: string, mode: 'line' | 'block'): string {
  if (mode === 'block') {
    return model.trimEnd();
  }
  const start = model.length - model.trimStart().length;
  const end = model.indexOf('\n', start);
  return (end < 0 ? model : model.slice(0, end)).trimEnd();
}
