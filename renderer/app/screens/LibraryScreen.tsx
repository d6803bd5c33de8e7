import { useAnswer } from '../../link/index.ts';
import { LibraryView } from '../../runbooks/LibraryView.tsx';
import { freeName } from '../../runbooks/library.ts';
import { addressOf, go } from '../route.ts';
import type { ScreenProps } from './props.ts';

export function LibraryScreen({ now }: ScreenProps) {
  const { value } = useAnswer('runbooks', (client) => client.runbooks.list());
  const metrics = useAnswer('runbook metrics', (client) => client.runbooks.metrics());
  const names = value?.map(({ name }) => name) ?? [];
  return (
    <LibraryView
      runbooks={value}
      metrics={metrics.value}
      now={now}
      addressOf={(runbook) => addressOf({ view: 'runbook', name: runbook.name })}
      addressFor={(rule) =>
        addressOf({ view: 'edit', name: names.includes(rule) ? freeName(names) : rule, from: { from: 'alert', rule } })
      }
      onOpen={(runbook) => go({ view: 'runbook', name: runbook.name })}
      onNew={() => go({ view: 'edit', name: freeName(names), from: { from: 'template' } })}
    />
  );
}
