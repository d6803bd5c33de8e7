import { useAnswer } from '../../link/index.ts';
import { LibraryView } from '../../runbooks/LibraryView.tsx';
import { addressOf, go } from '../route.ts';
import type { ScreenProps } from './props.ts';

export function LibraryScreen({ now }: ScreenProps) {
  const { value } = useAnswer('runbooks', (client) => client.runbooks.list());
  return (
    <LibraryView
      runbooks={value}
      now={now}
      addressOf={(runbook) => addressOf({ view: 'runbook', name: runbook.name })}
      onOpen={(runbook) => go({ view: 'runbook', name: runbook.name })}
    />
  );
}
