/** VS Code as a web page on the loopback interface, with this checkout among its extensions; it keeps what it is told. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, fingerprint } from '../bootstrap/cache.mjs';
import { projectFolder } from '../bootstrap/paths.mjs';
import { step } from '../bootstrap/progress.mjs';
import { findChromium } from './chromium.ts';
import { ensureStrictServer } from './code-server.ts';
import { openFrontDoor } from './front-door.ts';
import { type RunningServer, dataFolders, startServer } from './server.ts';
import type { StartChoice } from './start.ts';
import { hasDisplay } from './start-desktop.ts';

/** Below those that systems hand out for a moment, so that the port is still free at the next start. */
const FIRST_PORTS = [20_000, 30_000] as const;

/** Only for a start without earlier ones; from then on they are the user's. */
const FIRST_SETTINGS = {
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'readme',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'extensions.ignoreRecommendations': true,
};

/** Runs until Ctrl+C, or until the server ends. */
export async function startWeb(choice: StartChoice): Promise<void> {
  const codeServer = await ensureStrictServer();
  const dataFolder = choice.data ?? join(cacheFolder(), `editor-${fingerprint([projectFolder])}`);
  if (choice.reset) {
    // By name, because the folder may be one that the user chose and has other things in.
    for (const name of ['user', 'extensions', 'server', 'browser', 'token', 'secret-key-half', 'port']) {
      rmSync(join(dataFolder, name), { recursive: true, force: true });
    }
  }
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  linkExtension(dataFolder);
  writeOnce(join(dataFolders(dataFolder).user, 'User'), 'settings.json', JSON.stringify(FIRST_SETTINGS, undefined, 2));
  const token = secret(dataFolder, 'token');
  const portFile = join(dataFolder, 'port');
  const server = await step('Starting VS Code', () => startServer(codeServer, { dataFolder, connectionToken: token }));
  const door = await openFrontDoor({
    serverPort: server.port,
    token,
    secretKeyHalf: Buffer.from(secret(dataFolder, 'secret-key-half'), 'hex'),
    folder: choice.folder,
    // The browser keeps secrets by address, port included.
    port: choice.port ?? (existsSync(portFile) ? Number(readFileSync(portFile, 'utf8')) : randomInt(...FIRST_PORTS)),
    ifTaken: choice.port === undefined ? 'take-another' : 'fail',
  });
  writeFileSync(portFile, String(door.port));
  process.stdout.write(`\n  VS Code with Reaper: ${door.url}\n  Ctrl+C ends it.\n`);
  const browser = choice.open && hasDisplay() ? openBrowser(door.url, dataFolder) : undefined;
  const why = await untilEnded(server);
  browser?.kill();
  door.close();
  await server.stop();
  if (why === 'server') {
    throw new Error(`The VS Code server ended by itself. Its output:\n${server.output()}`);
  }
}

/** The list of installed extensions is made anew from the folder, so that a changed manifest counts. */
function linkExtension(dataFolder: string): void {
  const { extensions } = dataFolders(dataFolder);
  mkdirSync(extensions, { recursive: true });
  rmSync(join(extensions, 'extensions.json'), { force: true });
  const { publisher, name, version } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')) as {
    publisher: string;
    name: string;
    version: string;
  };
  for (const entry of readdirSync(extensions)) {
    if (entry.startsWith(`${publisher}.${name}-`)) {
      // A link, so this does not follow it.
      rmSync(join(extensions, entry), { force: true, recursive: true });
    }
  }
  symlinkSync(projectFolder, join(extensions, `${publisher}.${name}-${version}`), 'dir');
}

function writeOnce(folder: string, name: string, text: string): void {
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(folder, name))) {
    writeFileSync(join(folder, name), text);
  }
}

/** 32 random bytes in hexadecimal, made at the first start and kept where only this user can read them. */
function secret(dataFolder: string, name: string): string {
  const file = join(dataFolder, name);
  if (!existsSync(file)) {
    writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600 });
  }
  return readFileSync(file, 'utf8');
}

/** A window without tabs and address bar, with a profile of its own. */
function openBrowser(url: string, dataFolder: string): ChildProcess | undefined {
  const browser = findChromium();
  if (browser === undefined) {
    process.stdout.write('  No Chromium, Chrome or Edge was found: open the address in a browser of your choice.\n');
    return undefined;
  }
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const profile = `--user-data-dir=${join(dataFolder, 'browser')}`;
  const child = spawn(browser, [`--app=${url}`, profile, '--no-first-run', ...sandbox], { stdio: 'ignore' });
  child.on('error', () => process.stdout.write(`  ${browser} could not be started: open the address yourself.\n`));
  return child;
}

function untilEnded(server: RunningServer): Promise<'user' | 'server'> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      // Those of the script end it at once; here there is something to put away first.
      process.removeAllListeners(signal);
      process.on(signal, () => resolve('user'));
    }
    void server.ended.then(() => resolve('server'));
  });
}
