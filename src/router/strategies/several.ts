/** The strategies that ask several candidates at once, with what they need; loaded for the first request that wants one of them. */
import type { Strategy } from '../model-request.ts';
import { type Company, type CompanyOptions, createCompany } from './company.ts';
import { merge } from './merge.ts';
import { race } from './race.ts';
import { speculate } from './speculate.ts';
import type { StrategyFunction } from './strategy.ts';

export interface Several {
  readonly strategies: Readonly<Record<Exclude<Strategy, 'single'>, StrategyFunction>>;
  readonly company: Company;
}

export function createSeveral(options: CompanyOptions): Several {
  return {
    strategies: { race, speculate_k: speculate, parallel_merge: merge },
    company: createCompany(options),
  };
}
