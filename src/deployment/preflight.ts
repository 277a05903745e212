/** What is looked at before a deployment: each a check with its own end. */
import { outcomeOf, type Session } from '../aws';
import { formatBytes } from '../shared/format';
import { messageOf } from '../workbench/errors';
import { countData } from './metrics';
import { metricFaces } from './model/alarms';
import type { Plan, Standing, Wish } from './model/plan';
import { type ArchiveEntry, layoutFindings, misplaced, programOf, readArchive } from './archive';
import type { Version } from './prepare';
import { accessOf, ecrImage, judgeAccess } from './model/access';
import { getObject, headObject, simulate, trustOf } from './service';

export interface Check {
  id: 'approval' | 'archive' | 'layout' | 'image' | 'role' | 'access' | 'quota' | 'alarms';
  title: string;
  state: 'passed' | 'failed' | 'warning' | 'unknown';
  text: string;
  /** Where it can be mended. */
  link?: string;
  /** The files of the archive. */
  files?: ArchiveEntry[];
  /** The archive can be packed as containers look for it. */
  canRepack?: boolean;
}

/** An archive is downloaded up to so many bytes. */
const mostArchive = 256 * 1024 * 1024;

/** Makes all checks of a version for a connection and a role. */
export async function preflight(session: Session, version: Version, role: string): Promise<Check[]> {
  return Promise.all([
    Promise.resolve(approvalCheck(version)),
    archiveCheck(session, version),
    Promise.resolve(imageCheck(session, version.image)),
    roleCheck(session, role),
    accessCheck(session, version, role),
  ]).then((checks) => checks.flat());
}

function approvalCheck({ approval }: Version): Check {
  const [state, text]: [Check['state'], string] =
    approval === 'Approved'
      ? ['passed', 'Approved']
      : ['warning', approval === 'Rejected' ? 'It was rejected' : 'It is not approved yet'];
  return { id: 'approval', title: 'Approval', state, text };
}

/** Whether the archive is there, and what is in it. */
async function archiveCheck(session: Session, { data, image, environment }: Version): Promise<Check[]> {
  const title = 'Archive';
  if (data === undefined) {
    return [
      { id: 'archive', title, state: 'warning', text: 'The version names no archive: its image must hold the model.' },
    ];
  }
  const head = await outcomeOf(headObject(session, data));
  if (head.problem) return [{ id: 'archive', title, state: 'unknown', text: head.problem.message }];
  if (!head.value) {
    return [{ id: 'archive', title, state: 'failed', text: `${data} is not there.` }];
  }
  const { size } = head.value;
  const archive: Check = { id: 'archive', title, state: 'passed', text: `${formatBytes(size)}, ${data}` };
  if (size > mostArchive) {
    return [
      archive,
      {
        id: 'layout',
        title: 'Layout',
        state: 'unknown',
        text: `Not looked into: it is larger than ${formatBytes(mostArchive)}.`,
      },
    ];
  }
  return [archive, await layoutCheck(session, data, image, environment)];
}

async function layoutCheck(
  session: Session,
  data: string,
  image: string,
  environment: Readonly<Record<string, string>>,
): Promise<Check> {
  const title = 'Layout';
  const bytes = await outcomeOf(getObject(session, data));
  if (bytes.problem) return { id: 'layout', title, state: 'unknown', text: bytes.problem.message };
  try {
    const archive = await readArchive(bytes.value, programOf(environment));
    const findings = layoutFindings(archive, { image, environment });
    const [worst] = [...findings].sort((a, b) => a.severity.localeCompare(b.severity));
    const { entries: files } = archive;
    const canRepack = misplaced(archive, programOf(environment)) !== undefined;
    const names = files.slice(0, 6).map(({ name }) => name);
    const more = files.length > names.length ? `, and ${files.length - names.length} more` : '';
    const text = `${names.join(', ')}${more}`;
    return worst
      ? {
          id: 'layout',
          title,
          state: worst.severity === 'error' ? 'failed' : 'warning',
          text: worst.text,
          files,
          ...(canRepack ? { canRepack } : {}),
        }
      : { id: 'layout', title, state: 'passed', text, files };
  } catch (error) {
    return { id: 'layout', title, state: 'failed', text: `It cannot be unpacked as tar.gz: ${messageOf(error)}` };
  }
}

/** Whether the image lies in the region, as far as its address tells. */
export function imageCheck({ region, connection }: Pick<Session, 'region' | 'connection'>, image: string): Check {
  const title = 'Image';
  const { account, region: place } = ecrImage(image) ?? {};
  if (image === '') return { id: 'image', title, state: 'failed', text: 'The version names no image.' };
  if (connection.kind === 'local') return { id: 'image', title, state: 'passed', text: image };
  if (place === undefined) return { id: 'image', title, state: 'warning', text: `${image} is not in Amazon ECR.` };
  return place === region
    ? { id: 'image', title, state: 'passed', text: image }
    : {
        id: 'image',
        title,
        state: 'failed',
        text: `It lies in ${place}, and the endpoint in ${region}: SageMaker pulls images of its own region (account ${account}).`,
      };
}

/** Whether SageMaker may take the role. */
async function roleCheck(session: Session, role: string): Promise<Check> {
  const title = 'Role';
  const found = await outcomeOf(trustOf(session, role));
  if (found.problem) return { id: 'role', title, state: 'unknown', text: found.problem.message };
  if (found.value === undefined) return { id: 'role', title, state: 'failed', text: `${role} is not there.` };
  return trustsSageMaker(found.value)
    ? { id: 'role', title, state: 'passed', text: `${role} trusts SageMaker` }
    : {
        id: 'role',
        title,
        state: 'failed',
        text: `${role} does not trust sagemaker.amazonaws.com. Add it to the trust policy.`,
      };
}

/** Whether the role may read the archive and pull the image. */
async function accessCheck(session: Session, version: Version, role: string): Promise<Check[]> {
  const base = { id: 'access', title: 'Permissions' } as const;
  const asked = accessOf(version, role);
  if (asked.length === 0) return [];
  const { value, problem } = await outcomeOf(simulate(session, role, asked));
  if (problem) return [{ ...base, state: 'unknown', text: problem.message }];
  return [{ ...base, ...judgeAccess(role.split('/').at(-1) ?? role, value) }];
}

/** Whether a trust policy lets SageMaker assume the role. */
export function trustsSageMaker(policy: string): boolean {
  return /"sagemaker\.amazonaws\.com(\.cn)?"/.test(policy);
}

/**
 * Whether the metrics that the alarms of an update watch have had data lately, on the fleet that serves now. Undefined
 * where the update is watched by no such alarm.
 */
export async function alarmCheck(
  session: Session,
  { endpoint, isUpdate, alarms }: Pick<Plan, 'endpoint' | 'isUpdate' | 'alarms'>,
  wish: Wish,
  standing: Standing | undefined,
): Promise<Check | undefined> {
  if (!isUpdate || !standing || alarms.length === 0 || wish.alarms.length === 0) return undefined;
  const base = { id: 'alarms', title: 'Alarms' } as const;
  const names = [...new Set(wish.alarms.map(({ metric }) => metricFaces[metric].metric))];
  const counts = await outcomeOf(countData(session, { endpoint, variant: wish.variant }, names));
  if (counts.problem) return { ...base, state: 'unknown', text: counts.problem.message };
  const silent = names.filter((name) => (counts.value?.get(name) ?? 0) === 0);
  return silent.length === 0
    ? { ...base, state: 'passed', text: `${names.join(', ')}: with data in the last day` }
    : {
        ...base,
        state: 'warning',
        text: `${silent.join(', ')} had no data in the last day. Without requests no alarm fires: send some while the update is watched, from Try It for example, or watch it yourself.`,
      };
}
