/** Several windows on one database, and windows that die. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/base/clock.ts';
import type { SpendEntry } from '../../src/ledger/budget-limits.ts';
import { createSqliteSpending } from '../../src/ledger/sqlite-spending.ts';
import { createTemporaryDatabase, type TemporaryDatabase } from './temporary-database.ts';

const program = fileURLToPath(new URL('./child-process.ts', import.meta.url));

describe('several windows on one ledger', function () {
  this.timeout(60_000);
  let temporary: TemporaryDatabase;
  let children: ChildProcess[];

  beforeEach(() => {
    temporary = createTemporaryDatabase();
    children = [];
  });
  afterEach(async () => {
    await Promise.all(children.map((child) => kill(child)));
    temporary.dispose();
  });

  function start(...args: readonly string[]): ChildProcess {
    const [task = '', ...rest] = args;
    const child = spawn(process.execPath, [program, task, temporary.path, ...rest], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    return child;
  }

  it('never spend more than the limit, with a thousand requests at once in two processes', async () => {
    temporary.open();
    const outputs = await Promise.all(['a', 'b'].map((name) => outputOf(start('reserve', name, '500'))));
    const results = outputs.map((text) => JSON.parse(text) as { spent: number; states: { spentUsd: number }[] });
    const spent = results.reduce((sum, result) => sum + result.spent, 0);
    assert.ok(spent <= 1 + 1e-9, `spent ${spent}`);
    assert.ok(spent > 0.5, `spent only ${spent}`);
    const kept = temporary.open().prepare("SELECT total(usd) AS usd FROM spend WHERE account = 'day'").get();
    assert.equal(Number(kept?.['usd']).toFixed(6), spent.toFixed(6));
    assert.equal(temporary.open().prepare('SELECT count(*) AS n FROM reservations').get()?.['n'], 0);
  });

  it('lose nothing that was committed when one is killed at any moment', async () => {
    const committed = new Set<string>();
    for (let round = 0; round < 8; round++) {
      const child = start('write', `round-${round}`);
      let seen = 0;
      // Killed after a number of rows, not after a time: on a slow machine too it is in the middle of its work.
      const enough = 1 + ((round * 37) % 120);
      let rest = '';
      child.stdout?.on('data', (chunk: Buffer) => {
        const lines = (rest + chunk.toString()).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) committed.add(line);
        seen += lines.length;
        if (seen >= enough) child.kill('SIGKILL');
      });
      await once(child, 'close');
      assert.equal(child.signalCode, 'SIGKILL');
      const database = temporary.open(true);
      const kept = new Set(
        database
          .prepare('SELECT id FROM attempts')
          .all()
          .map((row) => String(row['id'])),
      );
      for (const id of committed) assert.ok(kept.has(id), `${id} was lost`);
      const days = database.prepare('SELECT total(attempts) AS n FROM daily').get()?.['n'];
      assert.equal(days, kept.size);
      database.close();
    }
    assert.ok(committed.size > 100);
    assert.deepEqual(temporary.setAside, []);
  });

  it('give back what a dead one had set aside, as soon as it is needed', async () => {
    const entry: SpendEntry = { scope: 'day', account: 'day', key: '2026-11-21', providerId: undefined, limitUsd: 1 };
    const child = start('hold', 'held', '0.9');
    await once(child.stdout ?? child, 'data');
    const spending = createSqliteSpending(temporary.open(), systemClock);
    assert.equal(spending.reserve('mine', [entry], 0.5)?.spentUsd, 0.9);
    await kill(child);
    assert.equal(spending.reserve('mine', [entry], 0.5), undefined);
    assert.equal(spending.spent([entry])[0]?.toFixed(6), '0.500000');
  });
});

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function outputOf(child: ChildProcess): Promise<string> {
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await once(child, 'close');
  assert.equal(child.exitCode, 0);
  return text;
}
