/** The stash that an action made. */
import type { Git } from '../git/git';
import type { Journal } from './journal';
import { stashMessage } from './steps';

/** Its name (`stash@{0}`): by the id that the journal has noted, or by its message where it was cut off before. */
export async function findStash(git: Git, { made }: Pick<Journal, 'made'>): Promise<string | undefined> {
  const id = made['refs/stash'];
  const list = await git.run(['stash', 'list', '--format=%gd%x00%H%x00%gs']);
  for (const line of list.stdout.split('\n')) {
    const [name, commit, subject] = line.split('\0');
    if (id == null ? subject?.endsWith(stashMessage) : commit === id) return name;
  }
  return undefined;
}
