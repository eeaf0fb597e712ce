/** The design as data: what each layer may import, what no file may contain. The build fails when the code says otherwise. */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import {
  type LayerTable,
  brokenLayers,
  emptyNames,
  filesTooLong,
  forbiddenPackages,
  forbiddenText,
  importCycles,
  providerIdsElsewhere,
  sideEffectImports,
  unconventionalNames,
  withoutPurpose,
} from './architecture/rules.ts';
import { type SourceFile, projectFiles } from './architecture/source-files.ts';

/** Folder in src/ → what it may import, besides itself and packages. Results flow back as values, so the arrows point one way. */
const LAYERS: LayerTable = {
  base: [],
  editor: ['base'],
  privacy: ['base'],
  predictor: ['base'],
  router: ['base', 'predictor'],
  ledger: ['base', 'router'],
  config: ['base', 'router'],
  codebase: ['base', 'editor', 'privacy'],
  completion: ['base', 'editor', 'privacy', 'router', 'codebase'],
  tools: ['base', 'editor', 'privacy', 'codebase'],
  mcp: ['base', 'tools'],
  agent: ['base', 'editor', 'privacy', 'router', 'tools', 'codebase'],
  review: ['base', 'editor', 'privacy', 'router', 'codebase'],
  bridge: ['base', 'type:agent', 'type:ledger', 'type:review'],
  webview: ['bridge'],
  vscode: ['*', '-webview', '-extension.ts'],
  'extension.ts': ['*', '-webview'],
};

/** The network goes through `globalThis.fetch`, which VS Code patches for proxies and certificates. */
const NETWORK_PACKAGES = ['node:http', 'node:https', 'node:http2', 'http', 'https', 'http2', 'undici'];

/** It asks nobody: it is the server that a browser on this machine brings the answer of a sign-in to. */
const LOOPBACK_SERVER = 'src/config/sign-in/loopback-redirect.ts';

const EMPTY_WORDS = ['util', 'utils', 'helper', 'helpers', 'common', 'manager', 'misc', 'shared'];

/** Spelt with one-letter classes, so that this file does not contain what it forbids. */
const MACHINE_PATHS = /(^|[\s'"`(=:])\/(roo[t]|wor[k])\//;
const REGISTRIES = /registry\.(npmj[s]\.org|yarnpk[g]\.com)/;
const UNFINISHED = /\b(TOD[O]|FIXM[E]|XX[X])\b/;

const projectFolder = fileURLToPath(new URL('..', import.meta.url));

describe('architecture', () => {
  const all = projectFiles(projectFolder);
  const src = all.filter(({ path }) => path.startsWith('src/') && path.endsWith('.ts'));
  const code = all.filter(
    ({ path }) => /^(src|test|bench|scripts)\/.*\.(ts|mjs)$/.test(path) && !/\/(fixtures|generated)\//.test(path),
  );

  it('imports only what the layer table allows', () => none(brokenLayers(src, LAYERS)));

  it('knows vscode only in src/vscode and src/extension.ts', () =>
    none(forbiddenPackages(src, ['vscode'], (path) => path.startsWith('src/vscode/') || path === 'src/extension.ts')));

  it('reaches the network only through fetch', () =>
    none(forbiddenPackages(src, NETWORK_PACKAGES, (path) => path === LOOPBACK_SERVER)));

  it('has one server, which is no client', () => {
    const { source } = src.find(({ path }) => path === LOOPBACK_SERVER) ?? { source: '' };
    const imported = /^import \{([^}]*)\} from 'node:http';$/m.exec(source)?.[1] ?? '';
    const values = imported.split(',').map((name) => name.trim());
    assert.deepEqual(
      values.filter((name) => !name.startsWith('type ')),
      ['createServer'],
    );
    none(
      forbiddenPackages(
        src.filter(({ path }) => path === LOOPBACK_SERVER),
        NETWORK_PACKAGES.slice(1),
        () => false,
      ),
    );
  });

  it('reads the environment only in src/config', () =>
    none(
      forbiddenText(
        src.filter(({ path }) => !path.startsWith('src/config/')),
        /\bprocess\.env\b/,
        'only src/config reads the environment',
      ),
    ));

  it('names a provider only in its own file', () =>
    none(providerIdsElsewhere(src, 'src/router/providers/', ['workspace'])));

  it('has no cycle of imports', () => none(importCycles(code)));

  it('imports nothing for its effect', () => none(sideEffectImports(src)));

  it('has no singletons', () => none(forbiddenText(src, /\bgetInstance\b/, 'hand it in through a constructor')));

  it('keeps files short', () =>
    none(filesTooLong(code, (path) => (path === 'src/extension.ts' ? 120 : path.startsWith('test/') ? 500 : 300))));

  it('gives names that say what is inside', () =>
    none([...emptyNames(code, EMPTY_WORDS), ...unconventionalNames(code)]));

  it('begins each file with its purpose', () =>
    none(withoutPurpose(code.filter(({ path }) => !path.endsWith('.test.ts')))));

  it('has no lists of re-exports but those of the design', () =>
    none(
      code
        .filter(({ path }) => /\/index\.(ts|mjs)$/.test(path) && path !== 'src/router/providers/index.ts')
        .map(pathOf),
    ));

  it('is finished', () => none(forbiddenText(code, UNFINISHED, 'do it, or say in an issue why not')));

  it('knows no machine and no registry', () => {
    const text = all.filter(({ source }) => !source.includes('\0'));
    none([
      ...forbiddenText(text, MACHINE_PATHS, 'a path of one machine'),
      ...forbiddenText(text, REGISTRIES, 'the address of a registry'),
    ]);
  });
});

describe('the rules of the architecture', () => {
  it('see an import of a layer that is not allowed, however it is written', () => {
    const table = { base: [], router: ['base'], bridge: ['type:router'], all: ['*', '-base'] };
    const of = (path: string, source: string): string[] => brokenLayers([{ path, source }], table);
    const expected = ['src/base/a.ts:1: base imports router'];
    assert.deepEqual(of('src/base/a.ts', "import { x } from '../router/x.ts';"), expected);
    assert.deepEqual(of('src/base/a.ts', "import type { X } from '../router/x.ts';"), expected);
    assert.deepEqual(of('src/base/a.ts', "export { x } from '../router/x.ts';"), expected);
    assert.deepEqual(of('src/base/a.ts', "const x = await import('../router/x.ts');"), expected);
    assert.deepEqual(of('src/base/a.ts', "import {\n  x,\n} from '../router/x.ts';"), expected);
    assert.deepEqual(of('src/base/a.ts', "// import { x } from '../router/x.ts';"), []);
    assert.deepEqual(of('src/router/a.ts', "import { x } from '../base/x.ts';"), []);
    assert.deepEqual(of('src/bridge/a.ts', "import { type X } from '../router/x.ts';"), []);
    assert.deepEqual(of('src/bridge/a.ts', "import { X } from '../router/x.ts';").length, 1);
    assert.deepEqual(of('src/all/a.ts', "import { X } from '../base/x.ts';").length, 1);
    assert.deepEqual(of('src/all/a.ts', "import { X } from '../router/x.ts';"), []);
    assert.deepEqual(of('src/router/a.ts', "import { X } from '../../test/x.ts';").length, 1);
    assert.deepEqual(of('src/new/a.ts', '').length, 1);
  });

  it('see a package where it does not belong', () => {
    const files = [file('src/a.ts', "import * as vscode from 'vscode';\nconst http = await import('node:http');")];
    assert.deepEqual(forbiddenPackages(files, ['vscode', 'node:http'], () => false).length, 2);
    assert.deepEqual(
      forbiddenPackages(files, ['vscode', 'node:http'], () => true),
      [],
    );
  });

  it('see a cycle at run time, not one of types', () => {
    const cycle = [file('src/a.ts', "import { b } from './b.ts';"), file('src/b.ts', "import { a } from './a.ts';")];
    assert.deepEqual(importCycles(cycle), ['src/a.ts → src/b.ts → src/a.ts']);
    const ofTypes = [
      file('src/a.ts', "import type { B } from './b.ts';"),
      file('src/b.ts', "import { a } from './a.ts';"),
    ];
    assert.deepEqual(importCycles(ofTypes), []);
  });

  it('see imports for their effect, long files, empty names, missing purposes and forbidden text', () => {
    assert.equal(sideEffectImports([file('a.ts', "import './b.ts';")]).length, 1);
    assert.equal(filesTooLong([file('a.ts', 'x\n'.repeat(4))], () => 3).length, 1);
    assert.equal(emptyNames([file('src/string-util.ts', ''), file('src/common/a.ts', '')], EMPTY_WORDS).length, 2);
    assert.equal(unconventionalNames([file('src/someThing.ts', ''), file('src/llama.cpp.ts', '')]).length, 1);
    assert.equal(withoutPurpose([file('a.ts', 'const x = 1;'), file('b.ts', '/** B. */')]).length, 1);
    const rootFolder = ['', 'root', 'x'].join('/');
    assert.equal(forbiddenText([file('a.ts', `x\nconst p = "${rootFolder}";`)], MACHINE_PATHS, 'no').length, 1);
    assert.equal(forbiddenText([file('a.ts', `docs${rootFolder}`)], MACHINE_PATHS, 'no').length, 0);
  });

  it('see a provider named outside its file', () => {
    const definition = file('src/router/providers/acme.ts', "export const acme = defineProvider({ id: 'acme' });");
    const branch = file('src/router/x.ts', "if (id === 'acme') {\n}\n// 'acme' in a comment\nimport Acme from 'acme';");
    assert.deepEqual(providerIdsElsewhere([definition, branch], 'src/router/providers/', []), [
      'src/router/x.ts:1: names the provider acme',
    ]);
    const word = file('src/y.ts', "const a = ['acme'];\nswitch (a) {\n  case 'acme':\n  default: a === 'acme';\n}");
    assert.deepEqual(providerIdsElsewhere([definition, word], 'src/router/providers/', ['acme']), [
      'src/y.ts:3: names the provider acme',
      'src/y.ts:4: names the provider acme',
    ]);
  });
});

function none(problems: readonly string[]): void {
  assert.equal(problems.length, 0, `\n${problems.join('\n')}`);
}

function file(path: string, source: string): SourceFile {
  return { path, source };
}

function pathOf({ path }: SourceFile): string {
  return path;
}
