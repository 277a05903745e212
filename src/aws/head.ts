import type { Connection } from './connection';
import type { Connections } from './connections';
import { isMarked } from './protection';
import type { LiveRow } from '../workbench';

/** The row of a connection, where several stand side by side. */
export interface ConnectionRow extends LiveRow<unknown> {
  connection: Connection;
}

/** Theme colours that tell connections apart; the name does so too. */
const colors = ['charts.blue', 'charts.green', 'charts.purple', 'charts.orange', 'charts.yellow'] as const;

/** How a connection looks at the top of a tree. What is marked as production has a colour of its own. */
export function connectionHead(connections: Connections, connection: Connection): Omit<ConnectionRow, 'id' | 'below'> {
  const { production, readOnly } = connections.marks();
  const isProduction = isMarked(production, connection, '');
  const words = [
    ...(connection.id === connections.active.id ? ['active'] : []),
    ...(isProduction ? ['production'] : []),
    ...(isMarked(readOnly, connection, '') ? ['read-only'] : []),
  ];
  // By the pins, so that no other connection that becomes the active one changes them.
  const pinned = connections.shown.filter((each) => connections.isPinned(each));
  const index = pinned.findIndex(({ id }) => id === connection.id);
  return {
    label: connection.label,
    description: words.join(' · '),
    icon: {
      icon: connection.kind === 'local' ? 'vm' : 'cloud',
      color: isProduction ? 'charts.red' : (colors[(index < 0 ? pinned.length : index) % colors.length] ?? colors[0]),
    },
    context: ['connection', connections.isPinned(connection) ? 'pinned' : 'unpinned', ...words].join(' '),
    accessibleLabel: ['Connection', connection.label, ...words].join(', '),
    resolveTooltip: async () => {
      const session = await connections.session(connection);
      const { account, arn } = await session.identity();
      return `${connection.label}: account ${account}, region ${session.region}, as ${arn}`;
    },
    connection,
  };
}
