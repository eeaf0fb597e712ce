import assert from 'node:assert/strict';
import { gateInSource } from '../../scripts/editor/strict-patch.ts';

const CHECK = "function D(s,o){if(!uc(s,o))throw new Error(`Extension '${s.id}' CANNOT use API proposal: ${o}.`)}";

describe('the strict copy of the VS Code server', () => {
  it('asks the manifest again whether a proposal may be used', () => {
    const patched = gateInSource(`function x(a,b){return!0}function uc(s,o){return!0}${CHECK}`, 'bundle.js');
    assert.match(patched, /function x\(a,b\)\{return!0\}/);
    assert.match(
      patched,
      /function uc\(s,o\)\{return !!\(s\.enabledApiProposals&&s\.enabledApiProposals\.includes\(o\)\)\}/,
    );
    assert.ok(patched.endsWith(CHECK));
  });

  it('is refused, by the name of the bundle, when the place is not where it was', () => {
    assert.throws(() => gateInSource('nothing of the kind', 'bundle.js'), /bundle\.js: the place/);
    assert.throws(() => gateInSource(`function other(s,o){return!0}${CHECK}`, 'bundle.js'), /bundle\.js: the place/);
    assert.throws(() => gateInSource(`function uc(s,o){return s.ok}${CHECK}`, 'bundle.js'), /bundle\.js: the place/);
  });
});
