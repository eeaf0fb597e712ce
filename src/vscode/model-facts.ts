/** What is known of a model before one chooses it: price, context window, speed, where it runs. */
import * as vscode from 'vscode';
import { contextWindow } from '../router/context-window.ts';
import { type ModelPrice, modelPrice } from '../router/model-price.ts';
import type { Prices } from '../router/prices.ts';
import type { ProviderProfile } from '../router/provider-definition.ts';
import type { RouteFacts } from '../router/router.ts';

export interface ModelFacts {
  readonly price: ModelPrice;
  readonly contextTokens: number | undefined;
  /** Measured in this session. */
  readonly firstTokenMs: number | undefined;
}

export async function modelFacts(
  { definition }: Pick<ProviderProfile, 'definition'>,
  model: string,
  prices: Prices,
  routes: readonly RouteFacts[],
): Promise<ModelFacts> {
  await prices.ready();
  const route = routes.find((facts) => facts.providerId === definition.id && facts.model === model);
  return {
    price: modelPrice(prices, { providerId: definition.id, catalogue: definition.prices, model }),
    contextTokens: await contextWindow(definition.prices, model),
    firstTokenMs: route?.firstTokenMs,
  };
}

/** One line, in an order that does not change, so that models can be compared. */
export function modelFactsText({ price, contextTokens, firstTokenMs }: ModelFacts): string {
  return [
    priceText(price),
    ...(contextTokens === undefined ? [] : [vscode.l10n.t('reads {0} tokens at once', shortNumber(contextTokens))]),
    ...(firstTokenMs === undefined ? [] : [vscode.l10n.t('first word after {0} ms', Math.round(firstTokenMs))]),
  ].join(', ');
}

function priceText(price: ModelPrice): string {
  switch (price.type) {
    case 'free':
      return vscode.l10n.t('free of charge');
    case 'unknown':
      return vscode.l10n.t('price unknown');
    case 'per-million':
      return vscode.l10n.t(
        '{0} in and {1} out per million tokens',
        `$${shortNumber(price.inputUsd)}`,
        `$${shortNumber(price.outputUsd)}`,
      );
  }
}

/** Three digits are enough to compare: `0.15`, `12.5`, `128k`, `1.05M`. */
function shortNumber(value: number): string {
  if (value >= 1_000_000) {
    return `${Number((value / 1_000_000).toPrecision(3))}M`;
  }
  return value >= 10_000 ? `${Math.round(value / 1000)}k` : String(Number(value.toPrecision(3)));
}
