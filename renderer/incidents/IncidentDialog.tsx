import type { HandoverNote } from '#contract/incident.ts';
import type { AskProps } from './ask/form.ts';
import { MergeDialog, SplitDialog, UndoDialog } from './ask/moves.tsx';
import { HandoverDialog, RoleDialog } from './ask/people.tsx';
import { ReopenDialog, ResolveDialog, SeverityDialog } from './ask/state.tsx';
import type { IncidentAsk } from './asked.ts';

type Props = AskProps & {
  ask: Exclude<IncidentAsk, 'review'>;
  /** A hand-over note as the record would have it; null before it was read. */
  note: HandoverNote | null;
};

/** What a person asks of an incident, with what is needed for it and the command line that does the same. */
export function IncidentDialog(props: Props) {
  switch (props.ask) {
    case 'severity':
      return <SeverityDialog {...props} />;
    case 'role':
      return <RoleDialog {...props} />;
    case 'hand-over':
      return props.note === null ? null : <HandoverDialog {...props} note={props.note} />;
    case 'merge':
      return <MergeDialog {...props} />;
    case 'split':
      return <SplitDialog {...props} />;
    case 'undo':
      return <UndoDialog {...props} />;
    case 'resolve':
      return <ResolveDialog {...props} />;
    case 'reopen':
      return <ReopenDialog {...props} />;
  }
}
