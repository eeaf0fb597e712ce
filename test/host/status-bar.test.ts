import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { systemClock } from '../../src/base/clock.ts';
import { Emitter } from '../../src/base/event.ts';
import { registerStatusBar } from '../../src/vscode/status-bar.ts';
import type { StatusFacts } from '../../src/vscode/status-text.ts';
import { until } from './stubs.ts';

const ready: StatusFacts = {
  status: { state: 'idle', providerId: 'cloud', problem: undefined },
  provider: { label: 'Cloud', model: 'small-1' },
  offForLanguage: undefined,
  workspaceModel: undefined,
  localOnly: false,
};

describe('the status bar item', () => {
  const items: vscode.StatusBarItem[] = [];
  const create = vscode.window.createStatusBarItem;
  const changed = new Emitter<void>();
  let facts = ready;
  let registration: { dispose(): unknown };

  before(() => {
    Reflect.set(vscode.window, 'createStatusBarItem', (...args: Parameters<typeof create>) => {
      const item = create(...args);
      items.push(item);
      return item;
    });
    registration = registerStatusBar(
      { facts: () => facts, onDidChange: changed.event, dispose: () => undefined },
      systemClock,
    );
  });
  after(() => {
    registration.dispose();
    Reflect.set(vscode.window, 'createStatusBarItem', create);
    assert.equal(changed.listenerCount, 0);
  });

  const show = (next: Partial<StatusFacts>): void => {
    facts = { ...ready, ...next };
    changed.fire();
  };
  const tooltip = (): vscode.MarkdownString => items[0]?.tooltip as vscode.MarkdownString;

  it('shows the model, opens the menu, and speaks to screen readers', () => {
    const [item] = items;
    assert.equal(item?.text, '$(sparkle) Reaper');
    assert.equal(item?.command, 'reaper.showMenu');
    assert.match(item?.accessibilityInformation?.label ?? '', /ready.*Cloud, model small-1/);
    assert.match(tooltip().value, /Cloud/);
  });

  it('warns of a problem, and takes what a server said as text', () => {
    show({ status: { state: 'problem', providerId: 'cloud', problem: '[click](command:evil) <b>' } });
    assert.equal(items[0]?.text, '$(warning) Reaper');
    assert.ok(items[0]?.backgroundColor);
    assert.doesNotMatch(tooltip().value, /\[click\]\(command:evil\)/);
    assert.doesNotMatch(tooltip().value, /<b>/);
  });

  it('says that it is off or snoozed at once, and that it works only when it takes long', async () => {
    show({ status: { state: 'off', providerId: undefined, problem: undefined } });
    assert.equal(items[0]?.text, '$(circle-slash) Reaper');
    show({ status: { state: 'snoozed', providerId: undefined, problem: undefined } });
    assert.equal(items[0]?.text, '$(bell-slash) Reaper');
    show({});
    show({ status: { state: 'working', providerId: 'cloud', problem: undefined } });
    assert.equal(items[0]?.text, '$(sparkle) Reaper');
    await until(() => items[0]?.text === '$(loading~spin) Reaper', 'the working state');
    show({});
    assert.equal(items[0]?.text, '$(sparkle) Reaper');
  });
});
