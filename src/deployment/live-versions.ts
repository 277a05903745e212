/** Where the versions of models are live. */
import { abreast, outcomeOf, type Session } from '../aws';
import { isDryRun } from './dry-run';
import { problemsOf, readServed, type Served } from './reading';
import { describeEndpoint, listEndpoints } from './service';

/** An endpoint that serves a version. */
export interface LivePlace {
  endpoint: string;
  arn: string;
  config: string;
}

/** Endpoints that are looked into at most, and side by side. */
const mostEndpoints = 100;
const atOnce = 4;

/** What was found by the ARN of the version, and what to hand in the next time: configs and models never change. */
export interface LiveVersions {
  places: ReadonlyMap<string, readonly LivePlace[]>;
  served: readonly Served[];
  /** Why not all of it could be read: a version may be live elsewhere, too. */
  problem?: Error;
}

/** The endpoints in service by the versions that they serve. */
export async function liveVersions(session: Session, before?: LiveVersions): Promise<LiveVersions> {
  const endpoints = (await listEndpoints(session)).filter(({ name, status }) => status !== 'Failed' && !isDryRun(name));
  const found = await abreast(endpoints.slice(0, mostEndpoints), atOnce, async ({ name }) => {
    const { value: state, problem } = await outcomeOf(describeEndpoint(session, name));
    if (problem) return { problem };
    return state && { state, served: await readServed(session, state.config, before?.served) };
  });
  const places = new Map<string, LivePlace[]>();
  for (const each of found) {
    if (!each?.served) continue;
    const { name: endpoint, arn, config } = each.state;
    for (const { version } of each.served.models) {
      if (version !== undefined) places.set(version, [...(places.get(version) ?? []), { endpoint, arn, config }]);
    }
  }
  const served = found.flatMap((each) => each?.served ?? []);
  const [problem] = found.flatMap((each) => (each?.served ? problemsOf(each.served) : (each?.problem ?? [])));
  return { places, served, ...(problem ? { problem } : {}) };
}
