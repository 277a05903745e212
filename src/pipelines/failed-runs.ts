import { window } from 'vscode';
import type { Connection } from '../aws';
import { readFailure } from '../shared/traceback';
import { waitingIn } from './callbacks';
import { isSettled } from './model';
import type { RunReading } from './panels/run-graph/state';
import { readRun } from './reading';
import type { RoomServices } from './services';

const show = 'Show Run';

/** A failed run in a sentence, and the step that failed. */
export interface FailedRun {
  step?: string;
  message: string;
}

/** What is said of a run that has failed: where, and why in a line. */
export function describeFailure({ execution, steps }: Pick<RunReading, 'execution' | 'steps'>): FailedRun {
  const step = steps.find(({ StepStatus }) => StepStatus === 'Failed');
  const { headline } = readFailure(step?.FailureReason ?? execution.failureReason ?? '');
  const place = step?.StepName === undefined ? '' : ` at ${step.StepName}`;
  const why = headline === '' ? '.' : `: ${headline}`;
  return {
    ...(step?.StepName === undefined ? {} : { step: step.StepName }),
    message: `${execution.pipeline} · ${execution.name} failed${place}${why}`,
  };
}

/**
 * Follows a run that was started or retried from here to its end, whether or not it is in view, and says once that it
 * has failed, and on Local that a Callback step waits.
 */
export function followRun(room: RoomServices, arn: string, connection: Connection): void {
  // That of the run's graph: one poll serves both.
  const key = `run ${connection.id} ${arn}`;
  let reading: RunReading | undefined;
  let begun = false;
  /** By their tokens: a retry sends another. */
  const told = new Set<string>();
  // On AWS a program receives the message and answers; here it may be that nobody does.
  const tellWaiting = ({ execution, steps }: RunReading): void => {
    for (const step of steps) {
      const waiting = waitingIn(step);
      if (!waiting || told.has(waiting.token ?? '')) continue;
      told.add(waiting.token ?? '');
      const message = `${execution.pipeline} · ${execution.name} waits at ${waiting.step} for an answer.`;
      void window
        .showInformationMessage(message, show)
        .then((chosen) => chosen === show && room.openRun(arn, connection, waiting.step));
    }
  };
  const watching = room.watcher.watch<RunReading>(
    {
      key,
      interval: () => room.pollInterval(connection),
      poll: async (signal) => readRun(await room.connections.session(connection, signal), arn, reading),
      settled: ({ execution }) => isSettled(execution.status),
    },
    {
      value: (latest) => {
        reading = latest;
        if (connection.kind === 'local') tellWaiting(latest);
        const { status } = latest.execution;
        // What is known at once is from before the run was started or retried.
        if (!begun || !isSettled(status)) return;
        begun = false;
        watching.dispose();
        if (status === 'Failed') void tell(room, arn, connection, describeFailure(latest));
      },
    },
  );
  begun = true;
  void room.watcher.refresh(key);
}

async function tell(room: RoomServices, arn: string, connection: Connection, failed: FailedRun): Promise<void> {
  if ((await window.showErrorMessage(failed.message, show)) === show) room.openRun(arn, connection, failed.step);
}
