import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commands } from '../../src/config/commands.ts';
import { generateManifest } from '../../src/config/manifest.ts';
import { commandsTable, settingsTables } from '../../src/config/readme-tables.ts';
import { listSettings, settingsTable } from '../../src/config/settings.ts';
import { allProviders as all } from './all-providers.ts';

const projectFolder = join(import.meta.dirname, '..', '..');
const { properties, texts } = generateManifest(all);
const json = JSON.stringify(properties);

describe('the generated manifest', () => {
  it('has an English text for each reference, and a reference for each text', () => {
    const references = new Set([...json.matchAll(/"%([^"%]+)%"/g)].map(([, key]) => key));
    // Its reference stands in the part of `package.json` that is written by hand.
    references.add('extension.description');
    assert.deepEqual(references, new Set(Object.keys(texts)));
    for (const [key, english] of Object.entries(texts)) {
      assert.ok(english.trim().length > 0, key);
    }
  });

  it('contributes every command and every setting', () => {
    for (const id of Object.keys(commands)) {
      assert.ok(json.includes(`"command":"${id}"`), id);
    }
    for (const { key } of listSettings(settingsTable(all))) {
      assert.ok(json.includes(`"${key}":{`), key);
    }
  });

  it('starts after start-up and never sooner', () => {
    assert.deepEqual(properties['activationEvents'], ['onStartupFinished']);
  });

  it('refers to pages, settings and commands that exist', () => {
    const keys = new Set(listSettings(settingsTable(all)).map(({ key }) => key));
    for (const [, setting] of [
      ...Object.values(texts)
        .join('\n')
        .matchAll(/`#([\w.]+)#`/g),
    ]) {
      assert.ok(keys.has(setting ?? ''), setting);
    }
    for (const [, id] of [
      ...Object.values(texts)
        .join('\n')
        .matchAll(/\(command:(reaper\.[\w.]+)/g),
    ]) {
      assert.ok(Object.hasOwn(commands, id ?? ''), id);
    }
    for (const [, path] of [...json.matchAll(/"(media\/[^"]+)"/g)]) {
      assert.ok(existsSync(join(projectFolder, path ?? '')), path);
    }
  });

  it('has an icon that the marketplace takes', () => {
    const icon = readFileSync(join(projectFolder, 'media', 'icon.png'));
    assert.equal(icon.toString('latin1', 1, 4), 'PNG');
    assert.ok(icon.readUInt32BE(16) >= 128);
    assert.equal(icon.readUInt32BE(16), icon.readUInt32BE(20));
  });
});

describe("the README's tables", () => {
  it('name each general setting once and each provider setting once', () => {
    const table = settingsTables(all);
    assert.equal(table.split('`reaper.completion.maxLines`').length, 2);
    assert.equal(table.split('| `baseUrl` |').length, 2);
    assert.doesNotMatch(table, /#/);
  });

  it('leave out commands that only keys call', () => {
    assert.match(commandsTable(), /Reaper: Set API Key…/);
    assert.doesNotMatch(commandsTable(), /Dismiss/);
  });
});
