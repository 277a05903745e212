import { window } from 'vscode';
import regions from './generated/regions.json';

/** The code of a region that the user picks. */
export async function askRegion(title: string): Promise<string | undefined> {
  const items = Object.entries(regions).map(([label, description]) => ({ label, description }));
  const chosen = await window.showQuickPick(items, { title, matchOnDescription: true, ignoreFocusOut: true });
  return chosen?.label;
}
