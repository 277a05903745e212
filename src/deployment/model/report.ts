/** A deployment as a text for whoever is asked for help: what was asked, what the service said, and when. Pure. */
import type { DeploymentRecord } from './record';

/** The record as lines; times are in ISO 8601. */
export function reportOf(record: DeploymentRecord, place: string): string {
  const { endpoint, asked, before, startedAt, endedAt, verdict, tripped, events, alarms } = record;
  const time = (at: number): string => new Date(at).toISOString();
  return [
    `Deployment of ${asked.label} to the endpoint ${endpoint}, ${place}`,
    `Model: ${asked.model}`,
    `Config: ${asked.config}${before ? `, in place of ${before.config} (${before.label})` : ''}`,
    `Begun ${time(startedAt)}${endedAt === undefined ? ', under way' : `, ended ${time(endedAt)}`}`,
    ...(verdict ? [`${verdict.title}${verdict.reason ? `: ${verdict.reason}` : ''}`] : []),
    `Alarms: ${alarms.length === 0 ? 'none' : alarms.join(', ')}`,
    ...tripped.map(({ name, reason }) => `${name} was in ALARM: ${reason}`),
    '',
    ...events.map(({ at, text }) => `${time(at)}  ${text}`),
    '',
  ].join('\n');
}
