import type { Session } from '../aws';
import { liveVersions, type LiveVersions } from './live-versions';
import { type LiveGroup, liveGroups } from './model/live-groups';

/** How long what was found is told again, in milliseconds: the groups of a registry ask one after the other. */
const freshFor = { local: 2_000, aws: 60_000 };

interface Found {
  at: number;
  versions: Promise<LiveVersions>;
}

/** Where versions are live, read once for all who ask at a time. */
export class LivePlaces {
  private readonly found = new Map<string, Found>();
  private readonly known = new Map<string, LiveVersions['places']>();

  /** @param heard called when what is known has changed */
  constructor(private readonly heard: () => void) {}

  /** What was found last on a connection, by its id; nothing is asked. */
  seen(connection: string): LiveVersions['places'] {
    return this.known.get(connection) ?? new Map();
  }

  /** The endpoints by the ARN of the version that they serve, and why they may not be all. */
  async of(session: Session): Promise<Pick<LiveVersions, 'places' | 'problem'>> {
    const { connection } = session;
    const known = this.found.get(connection.id);
    const fresh = connection.kind === 'local' ? freshFor.local : freshFor.aws;
    if (known && Date.now() - known.at < fresh) {
      // Whoever has it read may have left in the middle.
      const { value } = await known.versions.then(
        (found) => ({ value: found }),
        () => ({ value: undefined }),
      );
      if (value) return value;
    }
    const found = { at: Date.now(), versions: this.read(session, known) };
    this.found.set(connection.id, found);
    return found.versions;
  }

  /** Where the groups that a definition registers into are live on a connection, as far as it is known. */
  groupsIn(text: string, connection: string): readonly LiveGroup[] {
    const places = this.seen(connection);
    return places.size === 0 ? [] : liveGroups(text, places);
  }

  /** Something has changed: the next who asks has it read again. */
  forget(): void {
    for (const found of this.found.values()) found.at = 0;
  }

  private async read(session: Session, before: Found | undefined): Promise<LiveVersions> {
    const versions = await liveVersions(session, await before?.versions.catch(() => undefined));
    const { id } = session.connection;
    const isNews = JSON.stringify([...versions.places]) !== JSON.stringify([...this.seen(id)]);
    this.known.set(id, versions.places);
    if (isNews) this.heard();
    return versions;
  }
}
