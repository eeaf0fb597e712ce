/** What a user does with providers: set and remove keys, test, select models and strategies, have everything examined. */
import type * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import type { Logger } from '../base/logger.ts';
import type { PrivacyService } from '../privacy/create-privacy.ts';
import type { Prices } from '../router/prices.ts';
import type { Router } from '../router/router.ts';
import type { Configuration } from './build-configuration.ts';
import { registerDoctor } from './doctor/doctor.ts';
import { registerKeyCommands } from './key-commands.ts';
import { registerSelectModel } from './select-model.ts';
import { registerSelectStrategy } from './select-strategy.ts';
import { createConnectionTest, registerTestConnection } from './test-connection.ts';
import type { Money } from './usage/build-money.ts';

export interface ProviderCommandsOptions {
  readonly context: Pick<vscode.ExtensionContext, 'extension'>;
  readonly configuration: Configuration;
  readonly privacy: PrivacyService;
  readonly router: Router;
  readonly money: Money;
  readonly prices: Prices;
  readonly clock: Clock;
  readonly logger: Logger;
}

export function registerProviderCommands(options: ProviderCommandsOptions): Disposable {
  const { configuration, privacy, router, prices, logger } = options;
  const { keys, profiles, settings } = configuration;
  const store = new DisposableStore();
  const test = createConnectionTest({ router, egress: privacy.egress, logger });
  store.add(registerKeyCommands({ keys, profiles, test, logger }));
  store.add(registerTestConnection({ test, router, profiles, logger }));
  store.add(registerSelectModel({ keys, profiles, router, prices, test, logger }));
  store.add(registerSelectStrategy({ profiles, settings, logger }));
  store.add(registerDoctor({ ...options, describe: test.describe }));
  return store;
}
