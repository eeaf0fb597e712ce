/** Other windows, as processes: that spend at the same time, and that are killed while they write. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '../../src/ledger/database.ts';

const program = fileURLToPath(new URL('../../test/ledger/child-process.ts', import.meta.url));

export async function measureTwoProcesses(path: string): Promise<{ readonly overshootShare: number }> {
  open(path).close();
  const outputs = await Promise.all(
    ['a', 'b'].map(async (name) => {
      const child = start(['reserve', path, name, '500']);
      let text = '';
      child.stdout?.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      await once(child, 'close');
      return (JSON.parse(text) as { readonly spent: number }).spent;
    }),
  );
  const spent = outputs.reduce((sum, usd) => sum + usd, 0);
  if (spent < 0.5) throw new Error(`Only ${spent} dollars of one were spent: this says nothing.`);
  return { overshootShare: Math.max(0, spent - 1 - 1e-9) };
}

export interface KillFigures {
  readonly rounds: number;
  readonly notOpened: number;
  readonly committed: number;
  readonly lost: number;
}

/** At random points: after a random number of rows, which is any point of what is done for a row. */
export async function measureKills(path: string, rounds: number): Promise<KillFigures> {
  let notOpened = 0;
  const committed = new Set<string>();
  for (let round = 0; round < rounds; round++) {
    const child = start(['write', path, `round-${round}`]);
    const enough = 1 + Math.floor(Math.random() * 400);
    let seen = 0;
    let rest = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) committed.add(line);
      seen += lines.length;
      if (seen >= enough) child.kill('SIGKILL');
    });
    await once(child, 'close');
    if (child.signalCode !== 'SIGKILL') notOpened++;
  }
  const kept = new Set(
    open(path)
      .prepare('SELECT id FROM attempts')
      .all()
      .map((row) => String(row['id'])),
  );
  const lost = [...committed].filter((id) => !kept.has(id)).length;
  return { rounds, notOpened, committed: committed.size, lost };
}

function open(path: string) {
  return openDatabase({
    path,
    wallTime: Date.now(),
    thorough: true,
    onSetAside: () => {
      throw new Error('It was damaged.');
    },
  });
}

function start(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}
