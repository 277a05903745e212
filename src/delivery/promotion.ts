/** What an approval would promote: its commits, and the model versions that its run made. */
import { abreast, type Outcome, outcomeOf, type Session } from '../aws';
import type { Approval } from './approvals';
import { readBuildLog } from './builds/logs';
import { type Asked, readDeployed } from './github/service';
import { type Link, linksIn, linksOf } from './links';
import { type ActionRun, type DeliveryRun, revisionOf } from './model';
import { listActionRuns } from './service';
import type { DeliveryServices, PromotedModel } from './services';

export interface Promotion {
  approval: Approval;
  /** The subjects of the commits that are new since what is in use; undefined where git here does not know both. */
  commits?: readonly string[];
  /** The repository that has them. */
  root?: string;
  models: Outcome<readonly PromotedModel[]>;
  /** What the declaration says to those who decide. */
  note?: string;
  link?: string;
}

/** So many model versions are described. */
const mostModels = 5;
/** So many builds of a run are looked through for what they made. */
const mostLogs = 5;

export async function readPromotion(
  services: Pick<DeliveryServices, 'checkouts' | 'commitsBetween' | 'modelsOfRun' | 'describeModel'>,
  session: Session,
  approval: Approval,
): Promise<Promotion> {
  const attempts = outcomeOf(listActionRuns(session, approval.pipeline, approval.run));
  const [history, { value = [], problem }] = await Promise.all([readCommits(services, approval), attempts]);
  const models = problem ? { problem } : await outcomeOf(readModels(services, session, value));
  return { approval, ...history, models, ...noteOf(approval, value) };
}

/** What the approval of a deployment of GitHub Actions would promote, instead of what the environment has. */
export async function readDeploymentPromotion(
  services: Pick<DeliveryServices, 'checkouts' | 'commitsBetween'>,
  asked: Asked,
  approval: Approval,
): Promise<Promotion> {
  const { value: deployed, problem } = await outcomeOf(readDeployed(asked, approval.action));
  const replaces: DeliveryRun | undefined = deployed && {
    id: deployed.commit,
    status: 'Succeeded',
    ...(deployed.at === undefined ? {} : { started: deployed.at }),
    revisions: [{ action: approval.action, id: deployed.commit }],
    isRollback: false,
  };
  const whole = { ...approval, ...(replaces ? { replaces } : {}) };
  return {
    approval: whole,
    ...(await readCommits(services, whole)),
    models: problem ? { problem } : { value: [] },
  };
}

async function readCommits(
  services: Pick<DeliveryServices, 'checkouts' | 'commitsBetween'>,
  { promotes, replaces }: Approval,
): Promise<Pick<Promotion, 'commits' | 'root'>> {
  const to = revisionOf(promotes)?.id;
  const from = revisionOf(replaces)?.id;
  if (to === undefined || from === undefined) return {};
  for (const { root } of await services.checkouts()) {
    const commits = await services.commitsBetween(root, from, to);
    if (commits) return { commits, root };
  }
  return {};
}

async function readModels(
  services: Pick<DeliveryServices, 'modelsOfRun' | 'describeModel'>,
  session: Session,
  attempts: readonly ActionRun[],
): Promise<PromotedModel[]> {
  const told = attempts.flatMap(linksOf);
  const names = (link: Link): boolean => link.kind === 'run' || link.kind === 'model';
  const links = told.some(names) ? told : await linksInLogs(session, told);
  const targets = (kind: Link['kind']): string[] =>
    links.filter((link) => link.kind === kind).map(({ target }) => target);
  const registered = await abreast(targets('run'), 2, (run) => services.modelsOfRun(session, run));
  const arns = new Set([...targets('model'), ...registered.flat()]);
  return abreast([...arns].slice(0, mostModels), 2, (arn) => services.describeModel(session, arn));
}

/** What the logs of a run's builds name, where the results of its actions name nothing. */
async function linksInLogs(session: Session, links: readonly Link[]): Promise<Link[]> {
  const builds = links.flatMap(({ kind, target }) => (kind === 'build' ? [target] : [])).slice(-mostLogs);
  const read = await abreast(builds, 2, async (build) => linksIn((await readBuildLog(session, build, undefined)).text));
  return read.flat();
}

function noteOf({ stage, action }: Approval, attempts: readonly ActionRun[]): Pick<Promotion, 'note' | 'link'> {
  const attempt = attempts.findLast((each) => each.stage === stage && each.action === action);
  const { CustomData: note, ExternalEntityLink: link } = attempt?.configuration ?? {};
  return { ...(note ? { note } : {}), ...(link ? { link } : {}) };
}
