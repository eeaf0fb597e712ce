import assert from 'node:assert/strict';
import type { ProbeResult } from '../../src/router/wire.ts';
import type { StatusFacts } from '../../src/vscode/status-text.ts';
import { useFakeVscode } from './use-fake-vscode.ts';

useFakeVscode();
const { probeText } = await import('../../src/vscode/probe-text.ts');
const { settingProblemText } = await import('../../src/vscode/setting-problem-text.ts');
const { statusText } = await import('../../src/vscode/status-text.ts');
const { whyText } = await import('../../src/vscode/why-text.ts');

const ready: StatusFacts = {
  status: { state: 'idle', providerId: 'cloud', problem: undefined },
  provider: { label: 'Cloud', model: 'small-1' },
  offForLanguage: undefined,
  workspaceModel: { state: 'ready', files: 120, tokens: 1, memoryBytes: 1, problem: undefined },
  localOnly: false,
};

describe('the status bar', () => {
  it('says who completes and what the workspace model knows', () => {
    assert.deepEqual(statusText(ready), {
      text: '$(sparkle) Reaper',
      headline: 'Reaper: ready',
      details: ['Completes with Cloud, model small-1.', 'The workspace model knows 120 files.'],
      warning: false,
    });
  });

  it('has an icon and words of its own for each state', () => {
    const states = ['idle', 'working', 'off', 'snoozed', 'problem'] as const;
    const texts = states.map((state) => statusText({ ...ready, status: { ...ready.status, state } }));
    assert.equal(new Set(texts.map(({ text }) => text)).size, states.length);
    assert.equal(new Set(texts.map(({ headline }) => headline)).size, states.length);
  });

  it('says what is wrong', () => {
    const text = statusText({ ...ready, status: { state: 'problem', providerId: 'cloud', problem: 'Cloud is down.' } });
    assert.equal(text.headline, 'Reaper: Cloud is down.');
    assert.equal(text.warning, true);
  });

  it('shows that the language of the active editor is off', () => {
    const text = statusText({ ...ready, offForLanguage: 'markdown' });
    assert.match(text.headline, /off for markdown/);
    assert.match(text.text, /circle-slash/);
    const off = { ...ready, offForLanguage: 'markdown' };
    assert.equal(statusText({ ...off, status: { ...ready.status, state: 'problem' } }).warning, false);
  });

  it('shows who answers in place of the first choice, and why', () => {
    const standIn = { use: 'completion', wanted: 'Cloud', instead: 'Ollama', reason: 'Cloud is overloaded.' } as const;
    const text = statusText({ ...ready, standIns: [standIn] });
    assert.equal(text.headline, 'Reaper: Ollama answers in place of Cloud');
    assert.match(text.text, /arrow-swap/);
    assert.ok(text.details.includes('Degraded: ghost text comes from Ollama instead of Cloud: Cloud is overloaded.'));
  });

  it('says when nobody could answer, and when nothing may leave', () => {
    const { details } = statusText({ ...ready, provider: undefined, workspaceModel: undefined, localOnly: true });
    assert.deepEqual(details, [
      'No provider is available.',
      'Local only: nothing leaves this machine and the hosts you listed.',
    ]);
  });
});

const provider = {
  definition: { id: 'cloud', label: 'Cloud', auth: 'api-key', location: 'remote' },
  baseUrl: 'https://cloud.example',
  completionModel: 'small-1',
} as const;
const fine: ProbeResult = {
  reachable: true,
  keyAccepted: true,
  modelPresent: true,
  models: ['small-1'],
  fim: { type: 'native' },
  roundTripMs: 41.6,
  slots: undefined,
  problem: undefined,
};

describe('the result of a connection test', () => {
  it('says that all is well, with the model and the time', () => {
    const text = probeText(provider, fine);
    assert.equal(text.ok, true);
    assert.equal(text.headline, 'Cloud is ready with small-1 (42 ms).');
    assert.deepEqual(text.details, [
      'Reachable, 42 ms for one round trip.',
      'The key is accepted.',
      'The model small-1 is there.',
      'Completes inside code natively.',
    ]);
  });

  it('offers the key when it was not accepted', () => {
    const text = probeText(provider, { ...fine, keyAccepted: false, problem: 'The key was refused (401).' });
    assert.deepEqual([text.ok, text.fix, text.headline], [false, 'set-key', 'Cloud: The key was refused (401).']);
  });

  it('offers the address when nobody answers', () => {
    const text = probeText(provider, { ...fine, reachable: false, fim: { type: 'none' } });
    assert.deepEqual([text.ok, text.fix], [false, 'set-address']);
    assert.match(text.headline, /cloud\.example/);
    assert.ok(text.details.includes('Not reachable.'));
  });

  it('offers the models when the wanted one is missing, and names a few', () => {
    const models = Array.from({ length: 40 }, (_, index) => `model-${index}`);
    const text = probeText(provider, { ...fine, modelPresent: false, models });
    assert.equal(text.fix, 'select-model');
    assert.ok(text.details.some((detail) => detail.includes('model-9, …') && !detail.includes('model-10')));
  });

  it('offers other models when this one cannot complete code', () => {
    assert.equal(probeText(provider, { ...fine, fim: { type: 'none' } }).fix, 'select-model');
  });

  it('says of what is embedded only what means something for it', () => {
    const embedded = { ...provider, definition: { ...provider.definition, location: 'embedded' } } as const;
    const text = probeText(embedded, fine);
    assert.deepEqual([text.headline, text.details], ['Cloud is ready.', ['Completes inside code natively.']]);
  });

  it('offers neither a key nor an address where there is none to set', () => {
    const lent = { ...provider, definition: { ...provider.definition, auth: 'none', isAddressFixed: true } } as const;
    assert.equal(probeText(lent, { ...fine, reachable: false, problem: 'sign in' }).fix, undefined);
    assert.equal(probeText(lent, { ...fine, keyAccepted: false, problem: 'not allowed' }).fix, undefined);
  });

  it('names the model that was found when none is configured', () => {
    const text = probeText({ ...provider, completionModel: undefined }, { ...fine, model: 'found-1' });
    assert.match(text.headline, /ready with found-1/);
  });
});

describe('a wrong setting', () => {
  it('is named with its key, its value, what is accepted and what is used', () => {
    const text = settingProblemText({
      key: 'reaper.completion.maxLines',
      found: '"many"',
      accepts: { type: 'integer', minimum: 1, maximum: 100 },
      used: '12',
    });
    assert.equal(
      text,
      'The setting reaper.completion.maxLines is "many"; accepted: a whole number from 1 to 100. Reaper uses 12 instead.',
    );
  });

  it('lists the choices', () => {
    const choices = ['auto', 'never'].map((value) => ({ value, description: '' }));
    const text = settingProblemText({ key: 'k', found: '1', accepts: { type: 'choice', choices }, used: '"auto"' });
    assert.match(text, /accepted: "auto", "never"\./);
  });
});

describe('the report of why there is no suggestion', () => {
  it('says for each request where it ended and why, with lines as editors count them', () => {
    const text = whyText(
      [
        {
          at: Date.UTC(2026, 0, 1),
          path: 'src/a.ts',
          line: 11,
          endedAt: 'gate',
          reason: 'Ghost text is snoozed.',
          elapsedMs: 0.4,
          providerId: undefined,
        },
        {
          at: Date.UTC(2026, 0, 1),
          path: 'src/a.ts',
          line: 4,
          endedAt: 'shown',
          reason: 'Shown.',
          elapsedMs: 212.4,
          providerId: 'cloud',
        },
      ],
      ['Reaper: ready'],
    );
    assert.match(text, /src\/a\.ts:12 {2}not wanted here: Ghost text is snoozed\. \(0 ms\)/);
    assert.match(text, /src\/a\.ts:5 {2}shown: Shown\. \(212 ms, cloud\)/);
    assert.match(text, /Reaper: ready/);
  });

  it('says so when nothing was asked yet', () => {
    assert.match(whyText([], []), /Nothing was asked yet/);
  });
});
