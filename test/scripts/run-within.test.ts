import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { resultsFolder } from '../../scripts/bootstrap/paths.mjs';
import { run } from '../../scripts/bootstrap/run.mjs';
import { mochaStage } from '../../scripts/stages/mocha-stage.ts';
import { runWithin } from '../../scripts/stages/run-within.ts';
import type { Stage } from '../../scripts/stages/stage.ts';
import { until } from '../router/router-fixture.ts';

const options = { electron: false, coverage: false, grep: undefined };

/** Starts another program that connects to the test, and neither of them ever ends. */
const FAMILY = `
  const { spawn } = require('node:child_process');
  const child = "require('node:net').connect(" + process.argv[1] + ", '127.0.0.1').write('here')";
  spawn(process.execPath, ['-e', child], { stdio: 'inherit' });
  console.log('started');
  setInterval(() => undefined, 1000);
`;

describe('a stage of npm test', () => {
  it('is left alone when it is done in time', async () => {
    const done = { passed: 2, failed: 0, output: '' };
    assert.deepEqual(await runWithin(stage({ run: () => Promise.resolve(done) }), options), done);
    await assert.rejects(runWithin(stage({ run: () => Promise.reject(new Error('broken')) }), options), /broken/);
  });

  it('fails by its name, with what it said last, when it is not done in time', async () => {
    const talks = stage({
      limitMs: 1,
      run: async (_options, signal) => {
        await once(signal, 'abort');
        return { passed: 1, failed: 0, output: 'as far as this' };
      },
    });
    const result = await runWithin(talks, options);
    assert.deepEqual([result.passed, result.failed], [1, 1]);
    assert.match(result.output, /stage sample was stopped: it was not done after 0\.001 s[\s\S]*as far as this/);
  });

  it('fails also when it does not even answer, or throws when it is ended', async () => {
    const deaf = stage({ limitMs: 1, run: () => new Promise(() => undefined) });
    assert.match((await runWithin(deaf, options, 1)).output, /stage sample was stopped[\s\S]*nothing/);
    const throws = stage({
      limitMs: 1,
      run: async (_options, signal) => {
        await once(signal, 'abort');
        throw new Error('torn down');
      },
    });
    const result = await runWithin(throws, options);
    assert.equal(result.failed, 1);
    assert.match(result.output, /stage sample was stopped[\s\S]*torn down/);
  });

  it('takes all that its program has started with it', async () => {
    const listener = createServer().listen(0, '127.0.0.1');
    try {
      await once(listener, 'listening');
      const { port } = listener.address() as AddressInfo;
      const abort = new AbortController();
      const running = run(process.execPath, ['-e', FAMILY, String(port)], { signal: abort.signal });
      const [socket] = (await once(listener, 'connection')) as [Socket];
      socket.on('error', () => undefined).resume();
      const gone = once(socket, 'close');
      await once(socket, 'data');
      abort.abort();
      await gone;
      const { exitCode, output } = await running;
      assert.deepEqual([exitCode, output], [128, 'started\n']);
    } finally {
      listener.close();
    }
  });

  it('of mocha fails with what is still open when its tests are over and it does not end', async () => {
    const leaky = mochaStage('runner-leaves-open', '', {
      files: ['test/fixtures/runner/leaves-server-open.ts'],
      timeoutMs: 10_000,
      limitMs: 60_000,
      exitWithinMs: 50,
    });
    const { passed, failed, output } = await leaky.run(options, new AbortController().signal);
    assert.deepEqual([passed, failed], [0, 2]);
    assert.match(
      output,
      /careless suite fails before[\s\S]*Open: .*TCPServerWrap[\s\S]*a server, opened\n.*leaves-server-open\.ts:8/,
    );
  });

  it('of mocha says which test was running when it is ended', async () => {
    const note = join(resultsFolder, 'runner-never-ends.last-test.txt');
    rmSync(note, { force: true });
    const blocking = mochaStage('runner-never-ends', '', {
      files: ['test/fixtures/runner/never-ends.ts'],
      timeoutMs: 10_000,
      limitMs: 60_000,
    });
    const abort = new AbortController();
    const running = blocking.run(options, abort.signal);
    await until(() => existsSync(note));
    abort.abort();
    const { failed, output } = await running;
    assert.equal(failed, 1);
    assert.match(output, /The last test that began: (a blocking suite is never done)?$/);
  });
});

function stage(over: Partial<Stage>): Stage {
  const run = (): never => {
    throw new Error('not set');
  };
  return { name: 'sample', summary: '', limitMs: 60_000, run, ...over };
}
