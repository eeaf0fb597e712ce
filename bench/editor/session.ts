/** A running VS Code for measurements: the strict server, one extension under test, and a browser page with a workspace. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type Page, chromium } from 'playwright-core';
import { ensureChromium } from '../../scripts/editor/chromium.ts';
import { ensureStrictServer } from '../../scripts/editor/code-server.ts';
import { type ExtensionTimes, type HostMemory, installExtension, readMemory, readTimes } from './instrument.ts';
import { recordPage } from './page-recorder.ts';

export interface SessionOptions {
  /** Folder of the extension (package.json and what it names). */
  readonly extensionFolder: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Workspace files by relative path. */
  readonly files: Readonly<Record<string, string>>;
  /** Environment of the server, and so of the extension host. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Session {
  readonly page: Page;
  readonly workspace: string;
  /** Messages of the page's console that name an extension problem. */
  readonly problems: readonly string[];
  /** Once the extension is active. */
  times(): ExtensionTimes | undefined;
  memory(): Promise<HostMemory>;
  close(): Promise<void>;
}

/** Nothing of VS Code's own may talk over the measurement. */
const QUIET_SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'telemetry.telemetryLevel': 'off',
  'security.workspace.trust.enabled': false,
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'editor.minimap.enabled': false,
  'git.enabled': false,
  'files.autoSave': 'off',
  'files.hotExit': 'off',
};

/** Long enough for a machine with two busy cores. */
const START_TIMEOUT_MS = 90_000;

export async function openSession(options: SessionOptions): Promise<Session> {
  const [server, browserProgram] = [await ensureStrictServer(), await ensureChromium()];
  const root = mkdtempSync(join(tmpdir(), 'reaper-bench-'));
  const workspace = join(root, 'workspace');
  writeFiles(workspace, options.files);
  writeFiles(join(root, 'user'), {
    'User/settings.json': JSON.stringify({ ...QUIET_SETTINGS, ...options.settings }),
  });
  const installed = installExtension(options.extensionFolder, join(root, 'extensions'));
  const port = await freePort();
  const child = spawn(
    server.node,
    [
      server.serverMain,
      ...['--host', '127.0.0.1', '--port', String(port), '--without-connection-token', '--accept-server-license-terms'],
      ...['--disable-telemetry', '--disable-workspace-trust'],
      ...['--user-data-dir', join(root, 'user'), '--extensions-dir', join(root, 'extensions')],
      ...['--server-data-dir', join(root, 'server')],
    ],
    { env: { ...process.env, ...options.environment }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const close: (() => unknown)[] = [() => rmSync(root, { recursive: true, force: true, maxRetries: 5 })];
  close.unshift(() => stop(child));
  try {
    await untilListening(child);
    const browser: Browser = await chromium.launch({ executablePath: browserProgram, args: ['--no-sandbox'] });
    close.unshift(() => browser.close());
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    const problems: string[] = [];
    page.on('console', (message) => {
      if (/\[[\w-]+\.[\w-]+\]|CANNOT use API/.test(message.text())) {
        problems.push(message.text());
      }
    });
    await page.addInitScript(recordPage);
    await page.goto(`http://127.0.0.1:${port}/?folder=${encodeURIComponent(workspace)}`);
    await page.waitForSelector('.monaco-workbench .explorer-folders-view .monaco-list-row', {
      timeout: START_TIMEOUT_MS,
    });
    return {
      page,
      workspace,
      problems,
      times: () => readTimes(installed),
      memory: () => readMemory(installed),
      close: async () => {
        for (const step of close) {
          await step();
        }
      },
    };
  } catch (error) {
    for (const step of close) {
      await step();
    }
    throw error;
  }
}

/** Opens a workspace file by name and puts the cursor at its end. */
export async function openFile(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+p');
  const input = page.locator('.quick-input-widget input').first();
  await input.waitFor({ state: 'visible' });
  await input.fill(name);
  await page.locator('.quick-input-list .monaco-list-row.focused', { hasText: name }).waitFor();
  await page.keyboard.press('Enter');
  await page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
  await page.locator('.editor-instance .monaco-editor .view-lines').first().waitFor();
  await page.keyboard.press('Control+End');
}

function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
  }
}

function untilListening(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(() => reject(new Error(`The server did not start:\n${output}`)), START_TIMEOUT_MS);
    const read = (data: Buffer): void => {
      output += data.toString();
      if (output.includes('Extension host agent listening on')) {
        clearTimeout(timer);
        resolve();
      }
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', () => reject(new Error(`The server ended:\n${output}`)));
  });
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) {
      resolve();
      return;
    }
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), 3000).unref();
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
