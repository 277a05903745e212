/** What the Endpoints view tells of one endpoint. */
import { isDenied, type Outcome, outcomeOf, type Session } from '../aws';
import { lastRequest } from './metrics';
import type { EndpointState } from './model/endpoint';
import { expiryOf } from '../shared/expiry';
import { missingOf } from './model/references';
import { isBusy } from './model/verdict';
import { problemsOf, readServed, sharingOf, targetsOf } from './reading';
import { describeEndpoint, readScaling, tagsOf } from './service';

export interface EndpointDetails {
  state: EndpointState;
  label: string;
  /** The versions that it serves. */
  models: string[];
  missing: string[];
  /** Why some of it is not told; of what it serves first. */
  problems: readonly Error[];
  /** When it was last called: a time, `never` in two weeks, or not known. */
  called: Outcome<number | undefined>;
  scaling?: string;
  /** When it is to be gone, by its tag. */
  expires?: number;
  /** Its models are inference components. */
  hasComponents: boolean;
  /** The S3 folder of the models of a multi-model endpoint. */
  targets?: string;
}

/**
 * Describes an endpoint; what the list says has not changed is not read again.
 *
 * @param changed when it was last changed, as the list says
 * @throws Error where it is gone
 */
export async function readDetails(
  session: Session,
  name: string,
  before: EndpointDetails | undefined,
  changed: number | undefined,
): Promise<EndpointDetails> {
  const isSame =
    before !== undefined &&
    changed !== undefined &&
    before.state.changed === changed &&
    !isBusy(before.state.status) &&
    // What was denied is not asked for again before a refresh.
    before.problems.every(isDenied);
  if (isSame) return before;
  const state = await describeEndpoint(session, name);
  if (!state) throw new Error('It was deleted.');
  const variants = state.fleets.map(({ variant }) => variant);
  const [served, called, scaling, tags] = await Promise.all([
    readServed(session, state.config),
    outcomeOf(lastRequest(session, name, variants)),
    outcomeOf(readScaling(session, name, variants)),
    outcomeOf(tagsOf(session, state.arn)),
  ]);
  const [target] = scaling.value ?? [];
  const targets = targetsOf(served);
  const expires = expiryOf(tags.value ?? {});
  return {
    state,
    label: served.label,
    models: served.models.flatMap(({ version }) => version ?? []),
    missing: missingOf(served),
    problems: [...problemsOf(served), ...[called, scaling, tags].flatMap(({ problem }) => problem ?? [])],
    called,
    ...(expires === undefined ? {} : { expires }),
    hasComponents: sharingOf(served) === 'components',
    ...(targets === undefined ? {} : { targets }),
    ...(target
      ? { scaling: `${String(target.target['MinCapacity'])} to ${String(target.target['MaxCapacity'])} instances` }
      : {}),
  };
}
