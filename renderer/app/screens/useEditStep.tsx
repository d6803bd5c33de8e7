import { type ReactNode, useMemo, useState } from 'react';
import { type Client, useClient, useConnection } from '../../link/index.ts';
import { EditStepDialog } from '../../runbooks/step/EditStepDialog.tsx';
import type { StepCalls } from '../../runbooks/step/useStepEdit.ts';
import { addressOf } from '../route.ts';
import { answered } from './answered.ts';

/** The form of one step over a page, joined to the desk. @param onSaved the file has another text now */
export function useEditStep(
  name: string,
  onSaved: () => void,
): { open(step: string): void; said: string | null; dialog: ReactNode } {
  const client = useClient();
  const { up } = useConnection();
  const [step, setStep] = useState<string | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const calls = useMemo(() => callsOf(client, name), [client, name]);
  const dialog =
    step === null ? null : (
      <EditStepDialog
        step={step}
        calls={calls}
        connected={up}
        addressToEdit={addressOf({ view: 'edit', name, from: null })}
        onClose={() => setStep(null)}
        onSaved={(words) => {
          setStep(null);
          setSaid(words);
          onSaved();
        }}
      />
    );
  return { open: setStep, said, dialog };
}

function callsOf(client: Client, name: string): StepCalls {
  return {
    source: () => answered(client.runbooks.source({ name })),
    edit: (text, step, change) => answered(client.runbooks.editStep({ name, text, step, change })),
    save: (text, baseHash) => answered(client.runbooks.save({ name, text, baseHash })),
  };
}
