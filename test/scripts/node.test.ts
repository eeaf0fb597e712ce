import assert from 'node:assert/strict';
import { isModern } from '../../scripts/bootstrap/node.mjs';
import { withNodeFirst, withoutOuterNpm } from '../../scripts/bootstrap/npm.mjs';

describe('the Node that the scripts need', () => {
  it('is one that runs TypeScript without a flag', () => {
    assert.deepEqual(
      ['18.20.8', '20.20.2', '22.17.1', '22.18.0', '24.0.0', '26.1.0'].map((version) => isModern(version)),
      [false, false, false, true, true, true],
    );
  });

  it('does not inherit what the npm that runs us says of itself, but what people set', () => {
    const set = { npm_config_registry: 'r', npm_config_cache: 'c', PATH: 'p', NODE_OPTIONS: 'o' };
    const ofItself = {
      npm_config_user_agent: 'npm/11 node/v20',
      npm_execpath: 'x',
      npm_lifecycle_event: 'test',
      INIT_CWD: 'i',
    };
    assert.deepEqual(withoutOuterNpm({ ...set, ...ofItself, NODE: 'n', npm_config_local_prefix: 'l' }), set);
  });

  it('comes first on the PATH of what it runs', () => {
    assert.match(withNodeFirst('/opt/node/bin/node')['PATH'] ?? '', /^\/opt\/node\/bin:/);
  });
});
