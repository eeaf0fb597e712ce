/** What a user does with providers: set and remove keys, test, select models and strategies. */
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import type { Logger } from '../base/logger.ts';
import type { Keys } from '../config/keys.ts';
import type { Profiles } from '../config/profiles.ts';
import type { Settings } from '../config/read-settings.ts';
import type { Prices } from '../router/prices.ts';
import type { Router } from '../router/router.ts';
import { registerKeyCommands } from './key-commands.ts';
import { registerSelectModel } from './select-model.ts';
import { registerSelectStrategy } from './select-strategy.ts';
import { type ConnectionTest, registerTestConnection } from './test-connection.ts';

export interface ProviderCommandsOptions {
  readonly keys: Keys;
  readonly profiles: Profiles;
  readonly router: Router;
  readonly test: ConnectionTest;
  readonly prices: Prices;
  readonly settings: () => Settings;
  readonly logger: Logger;
}

export function registerProviderCommands(options: ProviderCommandsOptions): Disposable {
  const { keys, profiles, router, prices, test, settings, logger } = options;
  const store = new DisposableStore();
  store.add(registerKeyCommands({ keys, profiles, test, logger }));
  store.add(registerTestConnection({ test, router, profiles, logger }));
  store.add(registerSelectModel({ keys, profiles, router, prices, test, logger }));
  store.add(registerSelectStrategy({ profiles, settings, logger }));
  return store;
}
