/** Installs an extension into a server's extension folder, with a small entry in front that times its loading and activation. */
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ExtensionTimes {
  readonly loadMs: number;
  readonly activateMs: number;
  readonly processId: number;
}

interface Manifest {
  readonly publisher: string;
  readonly name: string;
  readonly version: string;
  readonly main: string;
  readonly type?: string;
}

/** Where the entry writes its times; the folder stands in for the extension's own, whose files it links to. */
export interface Installed {
  readonly timesFile: string;
}

export function installExtension(sourceFolder: string, extensionsFolder: string): Installed {
  const manifest = JSON.parse(readFileSync(join(sourceFolder, 'package.json'), 'utf8')) as Manifest;
  const folder = join(extensionsFolder, `${manifest.publisher}.${manifest.name}-${manifest.version}`);
  mkdirSync(folder, { recursive: true });
  for (const entry of readdirSync(sourceFolder)) {
    // The rest of a checkout is no part of what is installed.
    if (entry !== 'package.json' && entry !== '.git' && !(entry === 'node_modules' && isCheckout(sourceFolder))) {
      symlinkSync(join(sourceFolder, entry), join(folder, entry));
    }
  }
  const timesFile = join(folder, 'bench-times.json');
  writeFileSync(join(folder, 'bench-entry.mjs'), entrySource(resolveMain(sourceFolder, manifest.main), timesFile));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, main: './bench-entry.mjs' }));
  return { timesFile };
}

/** The times, once the extension has been activated. */
export function readTimes(installed: Installed): ExtensionTimes | undefined {
  if (!existsSync(installed.timesFile)) {
    return undefined;
  }
  return JSON.parse(readFileSync(installed.timesFile, 'utf8')) as ExtensionTimes;
}

function isCheckout(folder: string): boolean {
  return existsSync(join(folder, '.git'));
}

function resolveMain(folder: string, main: string): string {
  const path = join(folder, main);
  return (
    [path, `${path}.js`, join(path, 'index.js')].find((file) => existsSync(file) && statSync(file).isFile()) ?? path
  );
}

/** ESM can load both kinds of entry; loading a CommonJS one through `import()` costs the same work. */
function entrySource(main: string, timesFile: string): string {
  return `import { writeFileSync } from 'node:fs';
const loadStart = performance.now();
const found = await import(${JSON.stringify(main)});
const loadMs = performance.now() - loadStart;
const extension = typeof found.activate === 'function' ? found : found.default;
export async function activate(context) {
  const callStart = performance.now();
  const exported = await extension.activate(context);
  const activateMs = performance.now() - callStart;
  writeFileSync(${JSON.stringify(timesFile)}, JSON.stringify({ loadMs, activateMs, processId: process.pid }));
  return exported;
}
export const deactivate = () => extension.deactivate?.();
`;
}
