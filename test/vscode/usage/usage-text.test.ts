import assert from 'node:assert/strict';
import type { BudgetState } from '../../../src/ledger/budget-limits.ts';
import { dollars } from '../../../src/ledger/dollars.ts';
import { createMemoryStore } from '../../../src/ledger/memory-store.ts';
import { NOON, rowOf } from '../../ledger/records.ts';
import { useFakeVscode } from '../use-fake-vscode.ts';

useFakeVscode();
const { costLabel, moneyTexts } = await import('../../../src/vscode/usage/money-text.ts');
const { usageText } = await import('../../../src/vscode/usage/usage-text.ts');

const day: BudgetState = { scope: 'day', providerId: undefined, limitUsd: 5, spentUsd: 4.5 };

describe('the report of usage', () => {
  const textOf = (rows: readonly Parameters<typeof rowOf>[0][], budgets: readonly BudgetState[] = []): string => {
    const store = createMemoryStore();
    store.write(rows.map((overrides) => rowOf(overrides)));
    return usageText({ report: store.report(NOON), budgets, trouble: undefined, labelOf: (id) => id.toUpperCase() });
  };

  it('shows today, the month, models, purposes, limits and the last requests in tables', () => {
    const text = textOf([{ cost: { usd: 1.5, certainty: 'exact' } }], [day]);
    for (const title of [
      '# Usage',
      '## Limits',
      '## This month, by model',
      '## This month, by purpose',
      '## The last requests',
    ])
      assert.ok(text.includes(`${title}\n`), title);
    assert.match(text, /\| Today +\| \$1\.50 +\| 1 /);
    assert.match(text, /\| for today +\| \$5\.00 +\| \$4\.50 \(90 %\) +\| \$0\.50 +\|/);
    assert.match(text, /\| CLOUD, small-1 +\| \$1\.50/);
    assert.match(text, /\| chat +\| \$1\.50/);
    assert.doesNotMatch(text, /failures|≥/);
  });

  it('marks sums as lower bounds where prices are unknown, and says how to give them', () => {
    const text = textOf([{ cost: { usd: 0, certainty: 'unknown' } }, {}]);
    assert.match(text, /\| Today +\| ≥ \$0\.0100 /);
    assert.match(text, /reaper\.prices\.overrides/);
    assert.match(text, /\| not known /);
  });

  it('shows failed attempts with their reason', () => {
    const text = textOf([{ outcome: { type: 'failed', kind: 'overloaded', message: 'Too busy.' } }]);
    assert.match(text, /## The last failures/);
    assert.match(text, /overloaded: Too busy\./);
  });

  it('says so when nothing was asked, and where limits are set', () => {
    const text = textOf([]);
    assert.match(text, /Nothing was asked of a model in this month\./);
    assert.match(text, /No limit is set\..*reaper\.budget\.perDayUsd/);
  });

  it('lets no name and no message of a server break the table or bring a link to life', () => {
    const evil = 'a|b\n# title\n| x | [click](command:evil) <img src=x>';
    const text = textOf([{ model: evil, outcome: { type: 'failed', kind: 'auth', message: evil } }]);
    assert.doesNotMatch(text, /^# title/m);
    assert.doesNotMatch(text, /(?<!\\)\[click/);
    assert.doesNotMatch(text, /(?<!\\)<img/);
    const tables = text.split('\n').filter((line) => line.startsWith('|'));
    const cells = (line: string): number => line.replaceAll(/\\./g, '').split('|').length;
    assert.deepEqual(
      tables.filter((line) => ![10, 9].includes(cells(line))),
      [],
    );
  });
});

describe('what the status bar says of money', () => {
  const nothing = { todayUsd: 0, isLowerBound: false, scarce: [], refusal: undefined, trouble: undefined };

  it('is nothing until something is spent', () => {
    assert.equal(costLabel(nothing), '');
    assert.deepEqual(moneyTexts(nothing), []);
  });

  it('is the cost of today, and what is left of limits that are nearly used up', () => {
    const facts = { ...nothing, todayUsd: 4.5, scarce: [day, { ...day, scope: 'month', spentUsd: 6 } as const] };
    assert.equal(costLabel(facts), ' $4.50');
    assert.deepEqual(moneyTexts(facts), [
      'Spent today: $4.50.',
      'Of the limit for today of $5.00, $0.50 is left.',
      'The limit for this month of $5.00 is used up.',
    ]);
  });

  it('is a lower bound where prices are unknown, and names what is wrong', () => {
    const facts = { ...nothing, isLowerBound: true, trouble: 'The disk is full.' };
    assert.deepEqual(moneyTexts(facts), ['Spent today: at least $0; some prices are not known.', 'The disk is full.']);
    assert.deepEqual(moneyTexts({ ...nothing, refusal: 'Too dear.' }), ['Too dear.']);
    assert.equal(costLabel({ ...facts, todayUsd: 0.02 }), ' ≥ $0.0200');
  });
});

describe('an amount of money', () => {
  it('has as many digits as say something', () => {
    assert.deepEqual([0, 12.345, 0.1, 0.0031, 0.00001, -0.5, NaN].map(dollars), [
      '$0',
      '$12.35',
      '$0.10',
      '$0.0031',
      '<$0.0001',
      '-$0.50',
      '$0',
    ]);
  });
});
