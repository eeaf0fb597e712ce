/** The real VS Code server that npm's `code-server` brings, in the cache, as a copy that is as strict as the desktop. */
import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cached, fingerprint } from '../bootstrap/cache.mjs';
import { headersOf, nodeForServer } from '../bootstrap/node.mjs';
import { CI_WITH_SCRIPTS, npm } from '../bootstrap/npm.mjs';
import { toolchainFolder } from '../bootstrap/paths.mjs';
import { SetupError, step } from '../bootstrap/progress.mjs';
import { copyWithHardLinks } from './hard-link-copy.ts';
import { gateProposedApi } from './strict-patch.ts';
import { ensureSystemPackages } from './system-packages.ts';

export interface CodeServer {
  /** Program file of the Node that must run it. */
  readonly node: string;
  /** Program file of VS Code's server, to be run by that Node. */
  readonly serverMain: string;
}

/** Where VS Code is in an installation of code-server. */
const VSCODE = join('node_modules', 'code-server', 'lib', 'vscode');

/** What the native modules of the server are compiled with. */
const BUILD_TOOLS = [
  { debianPackage: 'libkrb5-dev', program: 'krb5-config' },
  { debianPackage: 'python3', program: 'python3' },
  { debianPackage: 'make', program: 'make' },
  { debianPackage: 'g++', program: 'g++' },
];

/** Raise it when the strict copy is made in another way, so that old copies are not used. */
const STRICT_RECIPE = 1;

export interface StrictOptions {
  /** Leaves out VS Code's own GitHub sign-in, so that a test can stand in for it. */
  readonly withoutGitHubSignIn?: boolean;
}

/** The same server, with proposed API refused to extensions that do not declare it, as on the desktop. */
export async function ensureStrictServer(options: StrictOptions = {}): Promise<CodeServer> {
  const original = await install();
  const variant = options.withoutGitHubSignIn === true ? 'strict-no-github' : 'strict';
  const folder = await cached(`${original.name}-vscode-${variant}-${STRICT_RECIPE}`, (temporary) =>
    step('Making the strict copy of the VS Code server', async () => {
      copyWithHardLinks(join(original.folder, VSCODE), temporary);
      gateProposedApi(temporary);
      if (options.withoutGitHubSignIn === true) {
        const signIn = join(temporary, 'extensions', 'github-authentication');
        if (!existsSync(signIn)) {
          throw new SetupError(`No GitHub sign-in at ${signIn}: this version of VS Code keeps it elsewhere.`);
        }
        rmSync(signIn, { recursive: true });
      }
    }),
  );
  return { node: original.node, serverMain: join(folder, 'out', 'server-main.js') };
}

interface Installation {
  readonly node: string;
  /** Of the folder in the cache. */
  readonly name: string;
  readonly folder: string;
}

/** Installs the server as it is, unless it is in the cache (about a minute, because it compiles). */
async function install(): Promise<Installation> {
  if (process.platform === 'win32') {
    throw new SetupError('The VS Code server from npm does not build on Windows. Use desktop VS Code, or WSL.');
  }
  const node = await nodeForServer();
  const lockFile = readFileSync(join(toolchainFolder, 'editor', 'package-lock.json'), 'utf8');
  const version = lockedVersion(lockFile);
  const name = `code-server-${version}-${process.platform}-${process.arch}-${fingerprint([lockFile])}`;
  const folder = await cached(name, async (temporary) => {
    await ensureSystemPackages(BUILD_TOOLS, 'the VS Code server, which compiles native modules');
    await step(`Installing the VS Code server ${version} through npm (once, a minute or two)`, async () => {
      for (const file of ['package.json', 'package-lock.json']) {
        copyFileSync(join(toolchainFolder, 'editor', file), join(temporary, file));
      }
      const headers = headersOf(node);
      const env = headers === undefined ? {} : { npm_config_nodedir: headers };
      await npm('Installing code-server', node, CI_WITH_SCRIPTS, { cwd: temporary, env });
      if (!existsSync(join(temporary, VSCODE, 'out', 'server-main.js'))) {
        throw new SetupError(`code-server ${version} has no VS Code where it used to be: ${VSCODE}.`);
      }
    });
  });
  return { node, name, folder };
}

function lockedVersion(lockFile: string): string {
  const lock = JSON.parse(lockFile) as { packages: Record<string, { version?: string } | undefined> };
  return lock.packages['node_modules/code-server']?.version ?? 'unknown';
}
