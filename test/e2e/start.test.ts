/** `npm start` as a person uses it: it prints an address, the page works, it keeps secrets, and Ctrl+C ends all of it. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { projectFolder, resultsFolder } from '../../scripts/bootstrap/paths.mjs';
import { ensureChromium } from '../../scripts/editor/chromium.ts';
import { runCommand, waitForStatus } from './commands.ts';
import { REAPER_STATUS } from './reaper.ts';
import { ENDS_WITH_US } from './workbench.ts';

const PROBE_STATUS = 'reaper-tests.probe.probe.status';
const WAIT_MS = 60_000;

describe('npm start', () => {
  let data = '';
  let browser: Browser;
  let context: BrowserContext;
  let running: ChildProcess | undefined;

  before(async () => {
    data = mkdtempSync(join(tmpdir(), 'reaper-start-'));
    const probe = join(projectFolder, 'test/fixtures/probe-extension');
    cpSync(probe, join(data, 'extensions', 'reaper-tests.probe-0.0.1'), { recursive: true });
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    browser = await chromium.launch({ executablePath: await ensureChromium(), args, ...ENDS_WITH_US });
    // One context, as one browser of one person: it keeps its storage between the two starts.
    context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  });

  after(async () => {
    running?.kill('SIGKILL');
    await browser?.close();
    rmSync(data, { recursive: true, force: true, maxRetries: 5 });
  });

  it('prints an address at which VS Code runs Reaper on the demo workspace', async () => {
    const page = await context.newPage();
    await page.goto(await start());
    await page.locator('.explorer-viewlet', { hasText: 'shop' }).waitFor({ timeout: WAIT_MS });
    await waitForStatus({ page }, PROBE_STATUS, 'probe idle');
    await runCommand({ page }, 'Probe: Keep Secret');
    await waitForStatus({ page }, PROBE_STATUS, 'probe kept');
    await page.locator(`.statusbar-item[id="${REAPER_STATUS}"]`).waitFor({ timeout: WAIT_MS });
    await page.screenshot({ path: join(resultsFolder, 'screenshots', 'npm-start.png') });
    await page.close();
  });

  it('ends with Ctrl+C, and leaves no process', async () => {
    await stop();
    assert.deepEqual(processesOf(data), []);
  });

  it('comes back at the same address, with the secrets that were stored', async () => {
    const page = await context.newPage();
    await page.goto(await start());
    await waitForStatus({ page }, PROBE_STATUS, 'probe remembers');
    await page.close();
    await stop();
  });

  async function start(): Promise<string> {
    const args = [join(projectFolder, 'scripts/start.mjs'), '--web', '--no-open', '--data', data];
    running = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    running.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    for (;;) {
      const url = /http:\/\/127\.0\.0\.1:\d+\/\S*/.exec(output)?.[0];
      if (url !== undefined) {
        return url;
      }
      assert.equal(running.exitCode, null, output);
      await Promise.race([once(running.stdout ?? running, 'data'), once(running, 'exit')]);
    }
  }

  async function stop(): Promise<void> {
    assert.ok(running);
    const ended = once(running, 'exit');
    running.kill('SIGINT');
    await ended;
    running = undefined;
  }
});

/** Command lines of live processes that work in a folder. */
function processesOf(folder: string): string[] {
  const lines = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line.includes(folder) && !line.startsWith('ps '));
}
