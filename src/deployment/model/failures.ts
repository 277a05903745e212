/** What the reasons of endpoints that do not start mean, and what to do. */

export interface FailureHelp {
  /** What is likely wrong, and what to check. */
  text: string;
  /** Whether a log of the container can be there. */
  hasLog: boolean;
}

const known: readonly (readonly [RegExp, FailureHelp])[] = [
  [
    /did not pass the ping health check/i,
    {
      text: 'The container runs but does not answer /ping with 200. Open its log at the first traceback: most often model_fn fails, or a library is missing.',
      hasLog: true,
    },
  ],
  [
    /InsufficientInstanceCapacity|insufficient capacity/i,
    {
      text: 'AWS has no such instances to give now. Try again later, choose another instance type, or a rolling update, which needs fewer at a time.',
      hasLog: false,
    },
  ],
  [
    /CannotStartContainer/i,
    {
      text: 'The container could not be started. Check that its image starts with `docker run IMAGE serve`, and for which processor it was built.',
      hasLog: false,
    },
  ],
  [
    /BatchGetImage|does not have .*permission.*image|ecr:/i,
    {
      text: 'The role may not pull the image. It needs ecr:BatchGetImage and ecr:GetDownloadUrlForLayer on the repository, and the repository must let the account in.',
      hasLog: false,
    },
  ],
  [
    /ResourceLimitExceeded|service limit/i,
    {
      text: 'A quota of the account is reached: «for endpoint usage» of this instance type. A blue/green update needs both fleets at once.',
      hasLog: false,
    },
  ],
  [
    /Could not (find|access) model data|s3:GetObject/i,
    {
      text: 'The archive cannot be read. Check that it exists, lies in the same region, and that the role may s3:GetObject it.',
      hasLog: false,
    },
  ],
  [
    /Request to service failed/i,
    {
      text: 'AWS says no more. Where there is no log, the container was never started: check quota, capacity and the role.',
      hasLog: false,
    },
  ],
];

/** What a `FailureReason` means; undefined for one that is not known. */
export function helpFor(reason: string): FailureHelp | undefined {
  return known.find(([pattern]) => pattern.test(reason))?.[1];
}
