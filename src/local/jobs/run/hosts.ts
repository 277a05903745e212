import { lookup } from 'node:dns/promises';

/** Milliseconds until a host counts as found: whoever answers late may be there. */
const lookupPatience = 5000;

/** Whether the name of a host leads anywhere; behind a proxy only that knows. */
export async function isHostFound(host: string): Promise<boolean> {
  const names = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY'];
  if (names.some((name) => process.env[name] ?? process.env[name.toLowerCase()])) return true;
  const late = new Promise<boolean>((resolve) => setTimeout(resolve, lookupPatience, true).unref());
  const found = lookup(host).then(
    () => true,
    () => false,
  );
  return Promise.race([found, late]);
}

/** The host of an address of the web; empty for other texts. */
export function hostOf(address: string): string {
  return /^https?:\/\/(?:[^/]*@)?([^/:]+)/i.exec(address)?.[1] ?? '';
}
