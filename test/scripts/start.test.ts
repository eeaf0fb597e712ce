import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { parseStartArguments } from '../../scripts/editor/start.ts';

describe('the arguments of npm start', () => {
  it('open the demo workspace by default', () => {
    const choice = parseStartArguments([]);
    assert.match(choice?.folder ?? '', /demo$/);
    assert.deepEqual(
      { ...choice, folder: '' },
      { web: false, open: true, folder: '', port: undefined, reset: false, data: undefined },
    );
  });

  it('choose the page, the folder, the port', () => {
    const choice = parseStartArguments(['--web', '--no-open', '--folder', tmpdir(), '--port', '8123', '--reset']);
    assert.deepEqual(
      { ...choice, data: undefined },
      { web: true, open: false, folder: tmpdir(), port: 8123, reset: true, data: undefined },
    );
  });

  it('are refused with the accepted ones', () => {
    assert.throws(() => parseStartArguments(['--wbe']), /--wbe[\s\S]*--web/);
    assert.throws(() => parseStartArguments(['--port', 'http']), /--port takes a number from 1 to 65535, not http/);
    assert.throws(() => parseStartArguments(['--folder', '/does/not/exist']), /no folder \/does\/not\/exist/);
  });
});
