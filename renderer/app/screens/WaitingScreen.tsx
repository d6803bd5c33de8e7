import { useEffect, useRef } from 'react';
import { useTasks } from '../../link/index.ts';
import { type Part, partOf, queueOf, type Waiting } from '../../waiting/queue.ts';
import { WaitingView } from '../../waiting/WaitingView.tsx';
import { addressOf, go } from '../route.ts';
import type { ScreenProps } from './props.ts';
import { WaitingItem } from './WaitingItem.tsx';

const IN_DOUBT = { state: ['in-doubt' as const] };

export function WaitingScreen({ item, part, board, now }: ScreenProps & { item: string | null; part: Part | null }) {
  const doubtful = useTasks(IN_DOUBT).state;
  const queue =
    board === null || doubtful === null ? null : queueOf(Object.values(board.questions), Object.values(doubtful.tasks));
  const shown = queue?.filter((one) => part === null || partOf(one) === part);
  const first = shown?.[0]?.id ?? null;
  const open = item ?? first;
  const counts = board?.desk.desk?.waitingForPerson;

  // The one on screen keeps its address while others come and go.
  useEffect(() => {
    if (item === null && first !== null) go({ view: 'waiting', item: first, part }, 'replace');
  }, [item, first, part]);

  // What was open stays known when it has left the queue.
  const known = useRef<Waiting | null>(null);
  const current = queue?.find((one) => one.id === open);
  if (current !== undefined) known.current = current;
  const last = known.current?.id === open ? known.current : null;

  return (
    <WaitingView
      queue={queue}
      total={counts === undefined ? 0 : counts.inDoubt + counts.questions + counts.reviews}
      part={part}
      open={open}
      now={now}
      addressOf={(one) => addressOf({ view: 'waiting', item: one.id, part })}
      onPart={(next) => go({ view: 'waiting', item: null, part: next }, 'replace')}
      onOpen={(one) => go({ view: 'waiting', item: one.id, part }, 'replace')}
    >
      {open === null ? null : (
        <WaitingItem key={open} id={open} last={last} queue={shown ?? []} part={part} now={now} />
      )}
    </WaitingView>
  );
}
