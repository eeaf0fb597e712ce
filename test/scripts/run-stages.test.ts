import assert from 'node:assert/strict';
import { parseArguments } from '../../scripts/stages/run-stages.ts';
import { STAGES } from '../../scripts/stages/stages.ts';

describe('the arguments of npm test', () => {
  it('choose all stages when they name none', () => {
    assert.deepEqual(parseArguments([])?.stages, STAGES);
  });

  it('choose stages by name, in the order of the table', () => {
    assert.deepEqual(
      parseArguments(['unit', 'format'])?.stages.map(({ name }) => name),
      ['format', 'unit'],
    );
  });

  it('are refused with what there is instead', () => {
    assert.throws(() => parseArguments(['units']), /No such stage: units\. The stages: format, /);
    assert.throws(() => parseArguments(['--electon']), /--electon[\s\S]*--electron/);
  });

  it('reach the stages', () => {
    assert.deepEqual(parseArguments(['host', '--electron', '--grep', 'x'])?.options, {
      electron: true,
      coverage: false,
      grep: 'x',
    });
  });
});
