import { window } from 'vscode';

/** Names that a service lists, and whether there are more than these. */
export interface Names {
  items: readonly string[];
  more: boolean;
}

/** Milliseconds without a key press after which the service is asked. */
const resting = 250;

/**
 * A name that the user picks. The first ones are listed at once; where there are more, what is typed is asked of the
 * service, so that a list of thousands costs a request for each pause.
 *
 * @param list the names that what is typed leads to
 */
export function pickName(
  options: { title: string; placeHolder: string },
  list: (typed: string) => Promise<Names>,
): Promise<string | undefined> {
  const picker = window.createQuickPick();
  picker.title = options.title;
  picker.placeholder = options.placeHolder;
  let timer: NodeJS.Timeout | undefined;
  /** Only the answer to what was asked last is shown. */
  let asked = 0;
  let first: Names | undefined;
  return new Promise<string | undefined>((resolve, reject) => {
    const show = async (typed: string): Promise<void> => {
      const number = (asked += 1);
      picker.busy = true;
      const names = await list(typed);
      first ??= names;
      if (number !== asked) return;
      picker.busy = false;
      picker.items = names.items.map((label) => ({ label }));
      picker.placeholder = first.more ? `${options.placeHolder}: type what its name begins with` : options.placeHolder;
    };
    const ask = (typed: string): void =>
      void show(typed).catch((error: unknown) => {
        reject(error instanceof Error ? error : new Error(String(error)));
        picker.hide();
      });
    picker.onDidChangeValue((typed) => {
      if (!first?.more) return;
      clearTimeout(timer);
      timer = setTimeout(() => ask(typed.trim()), resting);
    });
    picker.onDidAccept(() => {
      resolve(picker.selectedItems[0]?.label);
      picker.hide();
    });
    picker.onDidHide(() => {
      clearTimeout(timer);
      resolve(undefined);
      picker.dispose();
    });
    picker.show();
    ask('');
  });
}
