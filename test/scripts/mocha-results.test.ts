import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMochaReport } from '../../scripts/stages/mocha-results.ts';

describe('the report of a mocha run', () => {
  let folder = '';

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'reaper-report-'));
  });

  after(() => rmSync(folder, { recursive: true }));

  function report(stats: object, failures: readonly object[] = []): string {
    const file = join(folder, 'report.json');
    writeFileSync(file, JSON.stringify({ stats, failures }));
    return file;
  }

  it('counts', () => {
    const file = report({ passes: 3, failures: 0, pending: 0 });
    assert.deepEqual(readMochaReport(file, 0, ''), { passed: 3, failed: 0, output: '' });
  });

  it('shows each failure by its full title', () => {
    const failure = { fullTitle: 'a thing works', err: { message: 'no', stack: 'Error: no\n    at x' } };
    const result = readMochaReport(report({ passes: 1, failures: 1, pending: 0 }, [failure]), 1, '');
    assert.equal(result.failed, 1);
    assert.match(result.output, /1\) a thing works\n {3}Error: no\n {7}at x/);
  });

  it('has failed without a single test', () => {
    assert.equal(readMochaReport(report({ passes: 0, failures: 0, pending: 0 }), 0, '').failed, 1);
    assert.equal(readMochaReport(report({ passes: 0, failures: 0, pending: 2 }), 0, '').failed, 1);
  });

  it('has failed when the run ended before it was written', () => {
    const result = readMochaReport(join(folder, 'missing.json'), 7, 'SyntaxError: oh');
    assert.equal(result.failed, 1);
    assert.match(result.output, /exit code 7[\s\S]*SyntaxError: oh/);
  });

  it('has failed when every test passed and the run did not', () => {
    assert.equal(readMochaReport(report({ passes: 3, failures: 0, pending: 0 }), 7, 'crash').failed, 1);
  });

  it('says what was skipped', () => {
    assert.equal(readMochaReport(report({ passes: 3, failures: 0, pending: 2 }), 0, '').note, '2 skipped');
  });
});
