import type { AnyRouter } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import type { MessageEvent, MessagePortMain } from 'electron';
import type { Actor } from '#contract/basic.ts';
import type { Connection } from '../desk/types.ts';
import { frameTrouble } from '../serve/frame.ts';
import { logLine } from '../serve/log.ts';

/**
 * Speaks the contract over the MessagePorts of windows. A window that sends nonsense loses its port; the desk goes on.
 *
 * A port has no count of what lies unsent, so nothing holds a subscription back but its own pace.
 */
export function createPortRpc(router: AnyRouter, actor: Actor): (port: MessagePortMain) => void {
  const handler = new RPCHandler<Connection>(router);
  const context: Connection = { actor, person: actor.name, drained: () => Promise.resolve() };
  return (port) => {
    const checked = {
      postMessage: (frame: unknown) => port.postMessage(frame),
      on(event: string, listener: (event?: { data: unknown }) => void) {
        if (event !== 'message') return port.on('close', listener);
        return port.on('message', (incoming: MessageEvent) => {
          const trouble = frameTrouble(incoming.data);
          if (trouble === undefined) return listener(incoming);
          logLine(`a window was cut off: ${trouble}`);
          port.close();
        });
      },
    };
    handler.upgrade(checked, { context });
    port.start();
  };
}
