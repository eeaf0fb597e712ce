/** Starting and ending a VS Code server on a free loopback port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runOrFail } from '../bootstrap/run.mjs';
import type { CodeServer } from './code-server.ts';

export interface ServerOptions {
  /** Everything that the server writes goes into this folder: user data, extensions, logs. */
  readonly dataFolder: string;
  /** The user's settings; `undefined` leaves those that are there. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Settings of scope `machine`: in a window on a server, VS Code takes these from here and not from the user's. */
  readonly machineSettings?: Readonly<Record<string, unknown>>;
  /** `false`: folders open in Restricted Mode. */
  readonly trustEverything?: boolean;
  /** Lets a page's address name an extension folder or a test module to load: for tests alone. */
  readonly allowDevelopment?: boolean;
  /** A secret that every URL must carry as `tkn`; without one, anybody on this machine may use the editor. */
  readonly connectionToken?: string;
  /** Added to the environment of the server and of its extension hosts. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunningServer {
  readonly port: number;
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  readonly extensionsFolder: string;
  /** The folder of the server's logs, one folder a session. */
  readonly logsFolder: string;
  /** What the server has printed so far. */
  output(): string;
  /** Ends the server and everything that it started. */
  stop(): Promise<void>;
  /** Resolves when the server has ended, for whatever reason. */
  readonly ended: Promise<void>;
}

/** Far beyond the 1 to 3 s that it takes, because a busy machine is no reason to fail. */
const START_TIMEOUT_MS = 90_000;

const supervisor = fileURLToPath(new URL('./supervise.mjs', import.meta.url));

export async function startServer(server: CodeServer, options: ServerOptions): Promise<RunningServer> {
  const folders = dataFolders(options.dataFolder);
  mkdirSync(folders.extensions, { recursive: true });
  writeSettings(join(folders.user, 'User'), options.settings);
  writeSettings(join(folders.user, 'Machine'), options.machineSettings);
  const child = spawn(process.execPath, [supervisor, server.node, server.serverMain, ...serverArguments(options)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own, so that the supervisor can end all of it.
    detached: true,
    env: { ...process.env, ...options.env },
  });
  let output = '';
  const collect = (chunk: Buffer): void => {
    output += chunk.toString('utf8');
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const ended = once(child, 'exit').then(() => undefined);
  const stop = async (): Promise<void> => {
    child.stdin.destroy();
    await ended;
  };
  try {
    const port = await announcedPort(child, () => output);
    return {
      port,
      origin: `http://127.0.0.1:${port}`,
      extensionsFolder: folders.extensions,
      logsFolder: join(folders.user, 'logs'),
      output: () => output,
      stop,
      ended,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Installs a VSIX for servers with this data folder, as a user's click on "Install" would. */
export async function installVsix(server: CodeServer, dataFolder: string, file: string): Promise<void> {
  const args = [server.serverMain, '--install-extension', file, '--force', '--accept-server-license-terms'];
  const output = await runOrFail('Installing the VSIX', server.node, [...args, ...folderArguments(dataFolder)]);
  if (!output.includes('successfully installed')) {
    throw new Error(`Installing ${file} did not succeed:\n${output}`);
  }
}

/** Where the server keeps what, below its data folder. */
export function dataFolders(dataFolder: string): { user: string; extensions: string; server: string } {
  return {
    user: join(dataFolder, 'user'),
    extensions: join(dataFolder, 'extensions'),
    server: join(dataFolder, 'server'),
  };
}

function writeSettings(folder: string, settings: Readonly<Record<string, unknown>> | undefined): void {
  mkdirSync(folder, { recursive: true });
  if (settings !== undefined) {
    writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings, undefined, 2));
  }
}

function serverArguments(options: ServerOptions): string[] {
  const token = options.connectionToken;
  return [
    ...['--host', '127.0.0.1', '--port', '0'],
    ...(token === undefined ? ['--without-connection-token'] : ['--connection-token', token]),
    '--accept-server-license-terms',
    '--disable-telemetry',
    ...(options.trustEverything === false ? [] : ['--disable-workspace-trust']),
    // The driver itself is not used; a built server takes extensions under development only together with it.
    ...(options.allowDevelopment === true ? ['--enable-smoke-test-driver'] : []),
    ...folderArguments(options.dataFolder),
  ];
}

function folderArguments(dataFolder: string): string[] {
  const { user, extensions, server } = dataFolders(dataFolder);
  return ['--user-data-dir', user, '--extensions-dir', extensions, '--server-data-dir', server];
}

/** The server prints its port when it listens. */
function announcedPort(child: ChildProcess, output: () => string): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      finish();
      reject(new Error(`The VS Code server ${why}. Its output:\n${output()}`));
    };
    const timer = setTimeout(() => fail(`did not start within ${START_TIMEOUT_MS / 1000} s`), START_TIMEOUT_MS);
    const look = (): void => {
      const port = /Extension host agent listening on (\d+)/.exec(output())?.[1];
      if (port !== undefined) {
        finish();
        resolve(Number(port));
      }
    };
    const onExit = (): void => fail('ended while it was starting');
    const onError = (error: Error): void => fail(`could not be started: ${error.message}`);
    const finish = (): void => {
      clearTimeout(timer);
      child.stdout?.off('data', look);
      child.off('exit', onExit);
      child.off('error', onError);
    };
    child.stdout?.on('data', look);
    child.on('exit', onExit);
    child.on('error', onError);
  });
}
