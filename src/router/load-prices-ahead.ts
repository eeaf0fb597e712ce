/** Loads the list of prices before the first request that is billed: reading it takes tens of milliseconds, which no key should meet. */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { Event } from '../base/event.ts';
import { FREE } from './price-catalogue.ts';
import type { Prices } from './prices.ts';
import type { ProviderProfile } from './provider-definition.ts';

export interface LoadPricesAheadOptions {
  readonly profiles: {
    /** Those that would be asked. */
    list(): readonly ProviderProfile[];
    readonly onDidChange: Event<void>;
  };
  readonly prices: Pick<Prices, 'ready'>;
  readonly clock: Clock;
}

// The editor is busy with its own start for some seconds.
const AFTER_MS = 4000;

export function loadPricesAhead({ profiles, prices, clock }: LoadPricesAheadOptions): Disposable {
  let timer: Disposable | undefined;

  function consider(): void {
    const isBilled = profiles.list().some(({ definition }) => (definition.prices ?? FREE) !== FREE);
    if (!isBilled || timer !== undefined) return;
    timer = clock.setTimeout(() => {
      subscription.dispose();
      void prices.ready();
    }, AFTER_MS);
  }

  const subscription = profiles.onDidChange(consider);
  consider();
  return {
    dispose() {
      subscription.dispose();
      timer?.dispose();
    },
  };
}
