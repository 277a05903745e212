/** Git for the commands that only read or set a key. */
import { runGit } from '../../gitflow';
import type { RunGit } from './lists';

/** Runs git in a folder, with the environment as it is. */
export function gitIn(directory: string): RunGit {
  return (...args) => runGit(directory, args);
}
