/** The ledger in memory: for editors without SQLite. It knows what happened since the window was opened. */
import { dayOf, monthOf } from './calendar.ts';
import { FAILED_SHOWN, LATEST_SHOWN, type LedgerStore } from './store.ts';
import {
  addSums,
  isFailure,
  isListed,
  type LedgerRow,
  lineOf,
  type ModelUsage,
  NO_USAGE,
  type PurposeUsage,
  sumsOf,
  type UsageSums,
  type UsageTotals,
} from './usage.ts';

/** About a megabyte. */
const MOST_ROWS = 2000;

interface Bucket {
  readonly day: string;
  readonly record: LedgerRow['record'];
  sums: UsageSums;
}

export function createMemoryStore(): LedgerStore {
  const rows: LedgerRow[] = [];
  // What is dropped from the rows stays in the sums: a few for each day.
  const buckets = new Map<string, Bucket>();

  const since = (start: string): readonly Bucket[] => [...buckets.values()].filter(({ day }) => day >= start);

  function totals(wallTime: number): UsageTotals {
    const day = dayOf(wallTime);
    const sumOf = (start: string): UsageSums => since(start).reduce((sum, { sums }) => addSums(sum, sums), NO_USAGE);
    return { day, today: sumOf(day), month: sumOf(monthOf(wallTime)) };
  }

  return {
    write(added) {
      for (const row of added) {
        const { record, day } = row;
        rows.push(row);
        if (rows.length > MOST_ROWS) rows.shift();
        const key = [day, record.providerId, record.model, record.purpose].join('\n');
        const bucket = buckets.get(key) ?? { day, record, sums: NO_USAGE };
        buckets.set(key, bucket);
        bucket.sums = addSums(bucket.sums, sumsOf(record));
      }
    },
    totals,
    report(wallTime) {
      const month = since(monthOf(wallTime));
      const newest = rows.toReversed();
      return {
        ...totals(wallTime),
        byModel: groups(month, ({ record }) => `${record.providerId}\n${record.model}`)
          .map(({ record, sums }): ModelUsage => ({ providerId: record.providerId, model: record.model, sums }))
          .sort((left, right) => right.sums.usd - left.sums.usd),
        byPurpose: groups(month, ({ record }) => record.purpose)
          .map(({ record, sums }): PurposeUsage => ({ purpose: record.purpose, sums }))
          .sort((left, right) => right.sums.usd - left.sums.usd),
        latest: newest.filter(isListed).slice(0, LATEST_SHOWN).map(lineOf),
        failed: newest.filter(isFailure).slice(0, FAILED_SHOWN).map(lineOf),
      };
    },
    maintain: () => undefined,
    isCurrent: () => true,
    close: () => undefined,
  };
}

function groups(buckets: readonly Bucket[], keyOf: (bucket: Bucket) => string): readonly Bucket[] {
  const grouped = new Map<string, Bucket>();
  for (const bucket of buckets) {
    const known = grouped.get(keyOf(bucket));
    grouped.set(keyOf(bucket), known === undefined ? bucket : { ...known, sums: addSums(known.sums, bucket.sums) });
  }
  return [...grouped.values()];
}
