/** The reason of an execution that the end of the control plane cut short. */
export const interrupted =
  'Local stopped while this execution was running. Retry it to continue from the interrupted step.';

/** The reason of a step that it cut short. */
export const interruptedStep = 'Local stopped while this step was running.';
