import { Button, Dialog, Form } from '../../kit/index.ts';

type Props = { name: string; onStay(): void; onSave(): void; onThrowAway(): void };

/** Asks before a text that was not saved is left. */
export function LeaveDialog({ name, onStay, onSave, onThrowAway }: Props) {
  return (
    <Dialog title="Not saved yet" onClose={onStay}>
      <Form
        verb="Save and go"
        busy={false}
        refusal={null}
        missing={null}
        onSend={onSave}
        onClose={onStay}
        close="Stay here"
      >
        <p>The text of {name} was edited and not saved.</p>
        <div>
          <Button onClick={onThrowAway}>Throw it away and go</Button>
        </div>
      </Form>
    </Dialog>
  );
}
