/** The last requests and where each ended. */
import assert from 'node:assert/strict';
import { createReportLog } from '../../src/completion/report-log.ts';

const report = (line: number, at = 0) =>
  ({ at, path: 'a.ts', line, endedAt: 'gate', reason: 'off', elapsedMs: 0, providerId: undefined }) as const;

describe('the log of requests', () => {
  it('is newest first, bounded, and says the same once', () => {
    const log = createReportLog();
    for (let line = 0; line < 80; line++) {
      log.add(report(line));
    }
    log.add(report(79, 5));
    const list = log.list();
    assert.deepEqual([list.length, list[0]?.line, list[0]?.at, list[1]?.line], [50, 79, 5, 78]);
  });
});
