import assert from 'node:assert/strict';
import { isModern } from '../../scripts/bootstrap/node.mjs';
import { withNodeFirst } from '../../scripts/bootstrap/npm.mjs';

describe('the Node that the scripts need', () => {
  it('is one that runs TypeScript without a flag', () => {
    assert.deepEqual(
      ['18.20.8', '20.20.2', '22.17.1', '22.18.0', '24.0.0', '26.1.0'].map((version) => isModern(version)),
      [false, false, false, true, true, true],
    );
  });

  it('comes first on the PATH of what it runs', () => {
    assert.match(withNodeFirst('/opt/node/bin/node')['PATH'] ?? '', /^\/opt\/node\/bin:/);
  });
});
