import assert from 'node:assert/strict';
import { readSettings } from '../../src/config/read-settings.ts';
import { routingSettingsOf } from '../../src/config/routing.ts';
import { settingsTable } from '../../src/config/settings.ts';
import type { RoutingSettings } from '../../src/router/routing-settings.ts';
import { allProviders } from './all-providers.ts';

const table = settingsTable(allProviders);
const listed = allProviders.find(({ location }) => location === 'remote')?.id ?? '';

function routingOf(user: Readonly<Record<string, unknown>>): RoutingSettings {
  const reader = { value: (key: string) => user[key], levels: () => [] };
  return routingSettingsOf(readSettings(table, reader).settings);
}

describe('the routing settings', () => {
  it('ask the fastest for completions and the smartest for chat when nothing is set', () => {
    const both = {
      strategy: 'single',
      k: 2,
      stickiness: 'session',
      minUsefulTokens: 5,
      maxLatencyMs: undefined,
      hedge: false,
    };
    assert.deepEqual(routingOf({}), {
      completion: { ...both, order: 'fastest' },
      chat: { ...both, order: 'smartest' },
      local: 'as-listed',
      responseCache: true,
    });
  });

  it('keep to the order of a list that the user wrote, each purpose to its own', () => {
    assert.equal(routingOf({ 'reaper.completion.providers': [listed] }).completion.order, 'listed');
    assert.equal(routingOf({ 'reaper.completion.providers': [listed] }).chat.order, 'smartest');
    assert.equal(routingOf({ 'reaper.chat.providers': [listed] }).chat.order, 'listed');
  });

  it('sort a list too where the user says by what', () => {
    const routing = routingOf({
      'reaper.completion.providers': [listed],
      'reaper.routing.completionOrder': 'cheapest',
    });
    assert.equal(routing.completion.order, 'cheapest');
  });

  it('give each purpose its own strategy, and both the rest', () => {
    const { completion, chat } = routingOf({
      'reaper.routing.completionStrategy': 'race',
      'reaper.routing.chatStrategy': 'parallel_merge',
      'reaper.routing.k': 3,
      'reaper.routing.maxLatencyMs': 1500,
    });
    assert.deepEqual([completion.strategy, chat.strategy], ['race', 'parallel_merge']);
    assert.deepEqual([completion.k, chat.k], [3, 3]);
    assert.deepEqual([completion.maxLatencyMs, chat.maxLatencyMs], [1500, 1500]);
  });
});
