/** A real VS Code in a real browser: started with given settings, files and extensions, and gone without a trace afterwards. */
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { type Browser, type ConsoleMessage, type Page, chromium } from 'playwright-core';
import { ensureChromium } from '../../scripts/editor/chromium.ts';
import { type CodeServer, type StrictOptions, ensureStrictServer } from '../../scripts/editor/code-server.ts';
import { type RunningServer, type ServerOptions, installVsix, startServer } from '../../scripts/editor/server.ts';

/** How the extension under test gets into the editor. */
export type ExtensionSource =
  /** A folder with a `package.json`, loaded as an extension under development. */
  | { readonly type: 'development'; readonly folder: string }
  /** A folder as VS Code unpacks it, put among the installed extensions under this name: `publisher.name-version`. */
  | { readonly type: 'installed'; readonly folder: string; readonly name: string }
  /** A package, installed by VS Code itself. */
  | { readonly type: 'vsix'; readonly file: string }
  | { readonly type: 'none' };

export interface WorkbenchOptions {
  readonly extension: ExtensionSource;
  /** Workspace-relative path → text. */
  readonly files?: Readonly<Record<string, string>>;
  /** A folder that is copied into the workspace first. */
  readonly template?: string;
  /** Added to the quiet defaults below. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Those of scope `machine`, which a window on a server does not take from the user's settings. */
  readonly machineSettings?: Readonly<Record<string, unknown>>;
  /** For a second start with the same user data, which is kept then: the `dataFolder` of the first. */
  readonly dataFolder?: string;
  readonly untrusted?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** A module that the extension host runs, as `extensionTestsPath`. */
  readonly testsPath?: string;
  readonly server?: StrictOptions;
  readonly viewport?: { readonly width: number; readonly height: number };
}

export interface Workbench {
  readonly page: Page;
  readonly workspaceFolder: string;
  readonly dataFolder: string;
  readonly server: RunningServer;
  /** Console errors and uncaught exceptions of the page so far; the extension host reports there too. */
  consoleErrors(): readonly string[];
  /** What extensions that are not VS Code's own have written to their log channels so far. */
  extensionLogs(): string;
  close(): Promise<void>;
}

/** No welcome, no suggestions from elsewhere, no animation: what a test sees comes from the extension or from the test. */
const QUIET_SETTINGS: Readonly<Record<string, unknown>> = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.reduceMotion': 'on',
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'security.workspace.trust.banner': 'never',
  'security.workspace.trust.startupPrompt': 'never',
  'telemetry.telemetryLevel': 'off',
  'extensions.ignoreRecommendations': true,
  'files.autoSave': 'off',
  'files.simpleDialog.enable': true,
  'git.openRepositoryInParentFolders': 'never',
  'editor.minimap.enabled': false,
  'chat.disableAIFeatures': true,
};

/**
 * Playwright would catch the signals and close its browsers, but let the process live on. Without that a signal ends the
 * process, and the browser ends because its pipe does.
 */
export const ENDS_WITH_US = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false } as const;

/** The page loads in 3 to 7 s; much longer on a busy machine. */
const PAGE_TIMEOUT_MS = 90_000;

/** Installs what a workbench needs, ahead of the first one. */
export async function prepareWorkbench(): Promise<void> {
  await ensureChromium();
  await ensureStrictServer();
}

export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const browserFile = await ensureChromium();
  const codeServer = await ensureStrictServer(options.server);
  const scratch = mkdtempSync(join(tmpdir(), 'reaper-e2e-'));
  const workspaceFolder = join(scratch, 'workspace');
  const dataFolder = options.dataFolder ?? join(scratch, 'data');
  let server: RunningServer | undefined;
  let browser: Browser | undefined;
  const close = async (): Promise<void> => {
    await browser?.close();
    await server?.stop();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    writeWorkspace(workspaceFolder, options);
    await installExtension(codeServer, dataFolder, options.extension);
    const { logsFolder } = (server = await startServer(codeServer, serverOptions(dataFolder, options)));
    browser = await chromium.launch({
      executablePath: browserFile,
      // Chromium refuses its sandbox to root.
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
      ...ENDS_WITH_US,
    });
    const context = await browser.newContext({ viewport: options.viewport ?? { width: 1280, height: 800 } });
    const page = await context.newPage();
    const errors = collectErrors(page);
    await page.goto(pageUrl(server, workspaceFolder, options), { timeout: PAGE_TIMEOUT_MS });
    await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: PAGE_TIMEOUT_MS });
    return {
      page,
      workspaceFolder,
      dataFolder,
      server,
      consoleErrors: () => errors,
      extensionLogs: () => readExtensionLogs(logsFolder),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function serverOptions(dataFolder: string, options: WorkbenchOptions): ServerOptions {
  const { machineSettings, env } = options;
  return {
    dataFolder,
    settings: { ...QUIET_SETTINGS, ...options.settings },
    ...(machineSettings === undefined ? {} : { machineSettings }),
    ...(env === undefined ? {} : { env }),
    allowDevelopment: true,
    trustEverything: options.untrusted !== true,
  };
}

function writeWorkspace(folder: string, options: WorkbenchOptions): void {
  mkdirSync(folder, { recursive: true });
  if (options.template !== undefined) {
    cpSync(options.template, folder, { recursive: true });
  }
  for (const [path, text] of Object.entries(options.files ?? {})) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

async function installExtension(codeServer: CodeServer, dataFolder: string, extension: ExtensionSource): Promise<void> {
  if (extension.type === 'vsix') {
    await installVsix(codeServer, dataFolder, extension.file);
  } else if (extension.type === 'installed') {
    const extensions = join(dataFolder, 'extensions');
    mkdirSync(extensions, { recursive: true });
    symlinkSync(extension.folder, join(extensions, extension.name), 'dir');
  }
}

function pageUrl(server: RunningServer, workspaceFolder: string, options: WorkbenchOptions): string {
  const remote = (path: string): string => `vscode-remote://127.0.0.1:${server.port}${path}`;
  const payload: [string, string][] = [];
  if (options.extension.type === 'development') {
    payload.push(['extensionDevelopmentPath', remote(options.extension.folder)]);
  }
  if (options.testsPath !== undefined) {
    payload.push(['extensionTestsPath', remote(options.testsPath)]);
  }
  const query = new URLSearchParams({ folder: workspaceFolder, payload: JSON.stringify(payload) });
  return `${server.origin}/?${query.toString()}`;
}

function readExtensionLogs(logsFolder: string): string {
  const files = globSync('*/exthost*/*.*/*.log', { cwd: logsFolder });
  return files
    .filter((file) => !basename(dirname(file)).startsWith('vscode.'))
    .map((file) => `${file}:\n${readFileSync(join(logsFolder, file), 'utf8')}`)
    .join('\n');
}

function collectErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on('console', (message: ConsoleMessage) => {
    if (message.type() === 'error') {
      errors.push(message.text());
    }
  });
  page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
  return errors;
}
