/** What a user does with providers: set and remove keys, test, select models and strategies, have everything examined. */
import type * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { PrivacyService } from '../privacy/create-privacy.ts';
import type { Prices } from '../router/prices.ts';
import type { Router } from '../router/router.ts';
import type { Configuration } from './build-configuration.ts';
import { createDoctor } from './doctor/doctor.ts';
import { keyCommands } from './key-commands.ts';
import { selectModelCommands } from './select-model.ts';
import { selectStrategyCommands } from './select-strategy.ts';
import { createConnectionTest, testConnectionCommands } from './test-connection.ts';
import type { Money } from './usage/build-money.ts';

export interface ProviderActionsOptions {
  readonly context: Pick<vscode.ExtensionContext, 'extension'>;
  readonly configuration: Configuration;
  readonly privacy: PrivacyService;
  readonly router: Router;
  readonly money: Money;
  readonly prices: Prices;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** All that the commands do; loaded with the first of them, because most sessions need none. */
export function createProviderActions(options: ProviderActionsOptions) {
  const { configuration, privacy, router, prices, logger } = options;
  const { keys, profiles, settings } = configuration;
  const test = createConnectionTest({ router, egress: privacy.egress, logger });
  const doctor = createDoctor({ ...options, describe: test.describe });
  return {
    handlers: {
      ...keyCommands({ keys, profiles, test, logger }),
      ...testConnectionCommands({ test, router, profiles, logger }),
      ...selectModelCommands({ keys, profiles, router, prices, settings, test }),
      ...selectStrategyCommands({ profiles, settings, logger }),
      ...doctor.handlers,
    },
    dispose: () => doctor.dispose(),
  };
}
