/** Where an Azure resource answers: https://learn.microsoft.com/azure/foundry/openai/api-version-lifecycle */
import type { WireCall } from '../wire.ts';
import { parseBaseUrl } from './base-url.ts';

/** What the portal gives to copy, behind the address of the resource or of a gateway in front of it. */
const COPIED_PATH = /\/openai(?:\/v1|\/deployments\/[^/]+)?$/;

/**
 * `…/openai/v1/{path}` with the deployment as the model, or, with an `apiVersion`, the older
 * `…/openai/deployments/{model}/{path}?api-version=…`. Takes the resource's address, and whatever else the portal shows as its
 * endpoint; a version in the address counts like the option.
 */
export function azureUrl(call: Pick<WireCall, 'baseUrl' | 'options'>, path: string, model: string | undefined): URL {
  const url = parseBaseUrl(call.baseUrl);
  const version = call.options['apiVersion'] || url.searchParams.get('api-version') || '';
  const resource = url.pathname.replace(/\/$/, '').replace(COPIED_PATH, '');
  url.search = '';
  // The names of the new interface's two versions; it is not reached by deployment.
  if (version === '' || version === 'v1' || version === 'preview' || version === 'latest') {
    url.pathname = `${resource}/openai/v1/${path}`;
    return url;
  }
  url.pathname =
    model === undefined || path === 'responses'
      ? `${resource}/openai/${path}`
      : `${resource}/openai/deployments/${encodeURIComponent(model)}/${path}`;
  url.searchParams.set('api-version', version);
  return url;
}
