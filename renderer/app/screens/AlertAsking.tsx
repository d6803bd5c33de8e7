import type { AlertAsk } from '../../alerts/asked.ts';
import { EscalateDialog, SilenceDialog, SnoozeDialog } from '../../alerts/SilenceDialog.tsx';
import { useCall } from '../../link/index.ts';

/** What a person asks of an alert, and how it is sent. */
export function AlertAsking({ asked, onClose }: { asked: AlertAsk; onClose(): void }) {
  const { busy, refusal, run } = useCall();
  const form = { busy, refusal, onClose };
  switch (asked.what) {
    case 'silence':
      return (
        <SilenceDialog
          alert={asked.alert}
          {...form}
          onSilence={(input) =>
            void run(async (client) => {
              await client.alerts.silence(input);
              onClose();
            })
          }
        />
      );
    case 'snooze':
      return (
        <SnoozeDialog
          alert={asked.alert}
          {...form}
          onSnooze={(forMs) =>
            void run(async (client) => {
              await client.alerts.snooze({ id: asked.alert.id, forMs });
              onClose();
            })
          }
        />
      );
    case 'escalate':
      return (
        <EscalateDialog
          alert={asked.alert}
          {...form}
          onEscalate={() =>
            void run(async (client) => {
              await client.alerts.escalate({ id: asked.alert.id });
              onClose();
            })
          }
        />
      );
  }
}
