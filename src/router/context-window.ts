/** How much a model can read at once, from the price list, which knows it of many models. */

/** In tokens. Loads the list on first use. Never rejects. */
export async function contextWindow(catalogue: string | undefined, model: string): Promise<number | undefined> {
  if (catalogue === undefined || model === '') return undefined;
  try {
    const { calcPrice } = await import('@pydantic/genai-prices');
    const tokens = calcPrice({}, model, { providerId: catalogue })?.model.context_window;
    return typeof tokens === 'number' && tokens > 0 ? tokens : undefined;
  } catch {
    return undefined;
  }
}
