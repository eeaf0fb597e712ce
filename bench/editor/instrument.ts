/** Installs an extension into a server's extension folder, with a small entry in front that times its loading and activation. */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ExtensionTimes {
  readonly loadMs: number;
  readonly activateMs: number;
}

/** The extension host's memory right after a collection, in megabytes. */
export interface HostMemory {
  readonly resident: number;
  readonly heap: number;
  /** Buffers and the like, outside the heap. */
  readonly external: number;
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
  readonly memoryFile: string;
}

export function installExtension(sourceFolder: string, extensionsFolder: string): Installed {
  const manifest = JSON.parse(readFileSync(join(sourceFolder, 'package.json'), 'utf8')) as Manifest;
  const folder = join(extensionsFolder, `${manifest.publisher}.${manifest.name}-${manifest.version}`);
  mkdirSync(folder, { recursive: true });
  for (const entry of readdirSync(sourceFolder)) {
    if (entry !== 'package.json') {
      symlinkSync(join(sourceFolder, entry), join(folder, entry));
    }
  }
  const [timesFile, memoryFile] = [join(folder, 'bench-times.json'), join(folder, 'bench-memory.json')];
  const main = resolveMain(folder, manifest.main);
  writeFileSync(join(folder, 'bench-entry.mjs'), entrySource(main, timesFile, memoryFile));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, main: './bench-entry.mjs' }));
  return { timesFile, memoryFile };
}

/** The times, once the extension has been activated. */
export function readTimes(installed: Installed): ExtensionTimes | undefined {
  return existsSync(installed.timesFile)
    ? (JSON.parse(readFileSync(installed.timesFile, 'utf8')) as ExtensionTimes)
    : undefined;
}

/** Asks the extension host to collect and to say what it holds. */
export async function readMemory(installed: Installed): Promise<HostMemory> {
  rmSync(installed.memoryFile, { force: true });
  writeFileSync(`${installed.memoryFile}.ask`, '');
  for (let attempt = 0; attempt < 100; attempt++) {
    await sleep(100);
    if (existsSync(installed.memoryFile)) {
      return JSON.parse(readFileSync(installed.memoryFile, 'utf8')) as HostMemory;
    }
  }
  throw new Error('The extension host did not say how much memory it holds');
}

function resolveMain(folder: string, main: string): string {
  const path = join(folder, main);
  return (
    [path, `${path}.js`, join(path, 'index.js')].find((file) => existsSync(file) && statSync(file).isFile()) ?? path
  );
}

/** ESM can load both kinds of entry; loading a CommonJS one through `import()` costs the same work. */
function entrySource(main: string, timesFile: string, memoryFile: string): string {
  return `import { existsSync, renameSync, rmSync, watchFile, writeFileSync } from 'node:fs';
const loadStart = performance.now();
const found = await import(${JSON.stringify(main)});
const loadMs = performance.now() - loadStart;
const extension = typeof found.activate === 'function' ? found : found.default;
export async function activate(context) {
  const callStart = performance.now();
  const exported = await extension.activate(context);
  const activateMs = performance.now() - callStart;
  writeFileSync(${JSON.stringify(timesFile)}, JSON.stringify({ loadMs, activateMs }));
  watchFile(${JSON.stringify(`${memoryFile}.ask`)}, { interval: 500 }, tellMemory);
  return exported;
}
export const deactivate = () => extension.deactivate?.();

async function tellMemory() {
  const file = ${JSON.stringify(memoryFile)};
  if (!existsSync(file + '.ask')) return;
  rmSync(file + '.ask');
  const [v8, vm] = [await import('node:v8'), await import('node:vm')];
  v8.setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc');
  for (let turn = 0; turn < 3; turn++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  const megabytes = (bytes) => bytes / 1048576;
  const memory = { resident: megabytes(rss), heap: megabytes(heapUsed), external: megabytes(external) };
  writeFileSync(file + '.new', JSON.stringify(memory));
  renameSync(file + '.new', file);
}
`;
}
