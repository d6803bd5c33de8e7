import { useRef, useState } from 'react';
import { Dialog, Form, TextField } from '../../kit/index.ts';
import { type AskProps, formOf } from './form.ts';
import { Radio } from './Radio.tsx';

/** All of it goes into another. */
export function MergeDialog(props: AskProps) {
  const { incident, others, onClose } = props;
  const [into, setInto] = useState<number | null>(null);
  const first = useRef<HTMLInputElement>(null);
  const chosen = into ?? others[0]?.id ?? null;
  const form = formOf(props, { do: 'merge', into: chosen ?? 0 });
  return (
    <Dialog title={`Merge incident ${incident.id} into another`} onClose={onClose} first={first}>
      <Form {...form} verb="Merge" missing={chosen === null ? 'There is no other incident to merge it into.' : null}>
        <p>
          Its alerts and its timeline move there, its runs count there, and this one points to it. It can be undone
          there.
        </p>
        <fieldset>
          <legend>Into</legend>
          {others.map((one) => (
            <Radio
              key={one.id}
              name="into"
              text={`${one.id}: ${one.title} (${one.state})`}
              checked={one.id === chosen}
              inputRef={one.id === chosen ? first : undefined}
              onChoose={() => setInto(one.id)}
            />
          ))}
        </fieldset>
      </Form>
    </Dialog>
  );
}

/** Some of its alerts make another. */
export function SplitDialog(props: AskProps) {
  const { incident, onClose } = props;
  const [alerts, setAlerts] = useState<readonly string[]>([]);
  const [title, setTitle] = useState('');
  const first = useRef<HTMLInputElement>(null);
  const form = formOf(props, { do: 'split', alerts: [...alerts], title });
  const short = title.trim() !== '' && title.trim().length < 3;
  const missing =
    alerts.length === 0
      ? 'Choose the alerts that leave.'
      : alerts.length === incident.alerts.length
        ? 'One has to stay.'
        : short
          ? 'A title has at least three letters.'
          : null;
  return (
    <Dialog title={`Split incident ${incident.id}`} onClose={onClose} first={first}>
      <Form {...form} verb="Split off" missing={missing}>
        <p>The chosen alerts make a new incident. The timeline and the runs stay here. It can be undone.</p>
        <fieldset>
          <legend>Alerts that leave</legend>
          {incident.alerts.map((alert, index) => (
            <label key={alert.id}>
              <input
                ref={index === 0 ? first : undefined}
                type="checkbox"
                checked={alerts.includes(alert.id)}
                onChange={(event) =>
                  setAlerts(event.target.checked ? [...alerts, alert.id] : alerts.filter((id) => id !== alert.id))
                }
              />
              {alert.summary} ({alert.state})
            </label>
          ))}
        </fieldset>
        <TextField
          label="Title of the new one"
          value={title}
          placeholder="that of its first alert"
          longest={200}
          onValue={setTitle}
        />
      </Form>
    </Dialog>
  );
}

/** The last of these moves, taken back. */
export function UndoDialog(props: AskProps) {
  const { incident, onClose } = props;
  const { lastMove } = incident;
  const form = formOf(props, { do: 'undo', move: lastMove?.id ?? 0 });
  const first = useRef<HTMLButtonElement>(null);
  return (
    <Dialog title="Take it back" onClose={onClose} first={first}>
      <Form
        {...form}
        verb="Take it back"
        sendRef={first}
        missing={lastMove === null ? 'There is nothing to take back.' : null}
      >
        <p>{lastMove === null ? '' : `${lastMove.text}: alerts and entries go back to where they were.`}</p>
      </Form>
    </Dialog>
  );
}
