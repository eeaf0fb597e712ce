/** In work: this protocol's first form only says that it is not there yet. */
import { ReaperError } from '../../base/errors.ts';
import type { WireModule } from '../wire.ts';

export const ollamaWire: WireModule = {
  stream: () => {
    throw new ReaperError('bad-response', 'Not built yet');
  },
  probe: () => Promise.reject(new ReaperError('bad-response', 'Not built yet')),
};
