/**
 * Google's own library, in a file of its own: loaded by those alone who use what their machine has. (Imported statically here, for
 * a package in CommonJS that is imported dynamically has no names in the bundle.)
 */
import { gaxios, gcpMetadata, GoogleAuth } from 'google-auth-library';

export interface FileToken {
  readonly secret: string;
  readonly quotaProject: string | undefined;
  /** Milliseconds since 1970, where it was told. */
  readonly expiresAt: number | undefined;
}

/** From the file that GOOGLE_APPLICATION_CREDENTIALS names, or the one of `gcloud`; `undefined`: there is neither. */
export async function tokenFromFiles(
  scope: string,
  fetchImplementation: (input: string | URL | Request, init?: RequestInit) => Promise<Response>,
): Promise<FileToken | undefined> {
  // The router owns retries.
  const transporter = new gaxios.Gaxios({ fetchImplementation, retryConfig: { retry: 0, noResponseRetries: 0 } });
  const auth = new GoogleAuth({ scopes: [scope] });
  // Not `getApplicationDefault`: that looks for the machine's account with requests of its own.
  const client =
    (await auth._tryGetApplicationCredentialsFromEnvironmentVariable({ transporter })) ??
    (await auth._tryGetApplicationCredentialsFromWellKnownFile({ transporter }));
  if (client === null) return undefined;
  const { token } = await client.getAccessToken();
  if (token === null || token === undefined || token === '') return undefined;
  return { secret: token, quotaProject: client.quotaProjectId, expiresAt: client.credentials.expiry_date ?? undefined };
}

/** Whether this machine stands in Google's cloud, by its hardware: nobody is asked, so nobody elsewhere waits for an answer. */
export function isGoogleMachine(): boolean {
  return gcpMetadata.detectGCPResidency();
}
