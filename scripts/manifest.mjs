/**
 * Writes what the tables in `src/config` say into `package.json`, `package.nls.json`, `l10n/` and the README.
 * With `--check` it writes nothing, and fails with the differences.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getL10nJson } from '@vscode/l10n-dev';
import { generateManifest } from '../src/config/manifest.ts';
import { commandsTable, settingsTables } from '../src/config/readme-tables.ts';
import { createCopilotProvider } from '../src/router/providers/copilot.ts';
import { providers } from '../src/router/providers/index.ts';
import { createWorkspaceProvider } from '../src/router/providers/workspace.ts';

const projectFolder = join(dirname(fileURLToPath(import.meta.url)), '..');
// Only described here, never asked: they need no models and no predictor.
const allProviders = [...providers, createCopilotProvider({}), createWorkspaceProvider(undefined)];

const wanted = new Map([
  ...manifestFiles(),
  ['l10n/bundle.l10n.json', toJson(await translatableTexts())],
  ...readmeFile(),
]);
const stale = [...wanted].filter(([path, content]) => readIfPresent(path) !== content);

if (!process.argv.includes('--check')) {
  for (const [path, content] of stale) {
    writeFileSync(join(projectFolder, path), content);
    console.log(`Wrote ${path}`);
  }
  if (stale.length === 0) {
    console.log('The manifest agrees with the tables already.');
  }
} else if (stale.length > 0) {
  for (const [path, content] of stale) {
    console.error(`${path} disagrees with the tables in src/config:`);
    console.error(firstDifferences(readIfPresent(path), content));
  }
  console.error('Run: node scripts/manifest.mjs');
  process.exitCode = 1;
} else {
  console.log(`The manifest agrees with the tables (${wanted.size} files).`);
}

function manifestFiles() {
  const { properties, texts } = generateManifest(allProviders);
  const current = JSON.parse(readIfPresent('package.json'));
  return [
    ['package.json', toJson({ ...current, ...properties })],
    ['package.nls.json', toJson(texts)],
  ];
}

/** Every `l10n.t(…)` of the sources, for translators. */
async function translatableTexts() {
  const folder = join(projectFolder, 'src');
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
  const sources = paths.toSorted().map((path) => ({
    extension: '.ts',
    contents: readFileSync(join(folder, path), 'utf8'),
  }));
  // Only sources that import the editor's API can translate; the parser is slow, so it sees no others.
  const texts = await getL10nJson(sources.filter(({ contents }) => contents.includes("from 'vscode'")));
  return Object.fromEntries(Object.entries(texts).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The README's prose is written by hand; only what stands between the markers is replaced. */
function readmeFile() {
  let readme = readIfPresent('README.md');
  if (readme === '') {
    return [];
  }
  for (const [name, table] of [
    ['settings', settingsTables(allProviders)],
    ['commands', commandsTable()],
  ]) {
    const section = new RegExp(`(<!-- ${name}:start[^>]*-->\n)[^]*?(<!-- ${name}:end -->)`);
    readme = readme.replace(
      section,
      (_all, start, end) =>
        `${start}\n<!-- prettier-ignore-start -->\n${table}\n<!-- prettier-ignore-end -->\n\n${end}`,
    );
  }
  return [['README.md', readme]];
}

/** Lines that only one of the two has; a dozen name the cause, the rest is one `git diff` away after writing. */
function firstDifferences(before, after) {
  const [was, is] = [before.split('\n'), after.split('\n')];
  const removed = was.filter((line) => !is.includes(line)).map((line) => `  - ${line}`);
  const added = is.filter((line) => !was.includes(line)).map((line) => `  + ${line}`);
  const lines = [...removed, ...added].slice(0, 12);
  return lines.length > 0 ? lines.join('\n') : '  the same lines in another order';
}

function readIfPresent(path) {
  try {
    return readFileSync(join(projectFolder, path), 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') {
      return '';
    }
    throw error;
  }
}

function toJson(value) {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
