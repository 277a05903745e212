/** The services' own words about members, from the generated table. */
import table from '../../generated/documentation.json';

const words = table as Readonly<Record<string, Readonly<Record<string, string>> | undefined>>;

/** One or two sentences about a member of a structure (in the service's names). */
export function documentationOf(structure: string, member: string): string | undefined {
  return words[structure]?.[member];
}
