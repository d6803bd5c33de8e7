import type { DeskMessage, WorkerMessage } from '../engine/protocol.ts';

/** Electron's utility process talks through this port instead of process.send. */
type ParentPort = {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
};

export type Link = {
  /** Queues a message; everything of one turn of the event loop goes out as one batch. */
  send(message: WorkerMessage): void;
};

/** Connects to the desk. A worker without a desk has nothing to do: it exits, and its tasks go on elsewhere. */
export function connect(onMessage: (message: DeskMessage) => void): Link {
  const port = (process as unknown as { parentPort?: ParentPort }).parentPort;
  let batch: WorkerMessage[] = [];

  function flush(): void {
    const out = batch;
    batch = [];
    if (port) port.postMessage(out);
    else process.send?.(out, undefined, undefined, (error) => error && process.exit(0));
  }

  function receive(messages: unknown): void {
    for (const message of messages as DeskMessage[]) onMessage(message);
  }

  if (port) port.on('message', (event) => receive(event.data));
  else {
    process.on('message', receive);
    process.on('disconnect', () => process.exit(0));
  }

  return {
    send(message) {
      batch.push(message);
      if (batch.length === 1) setImmediate(flush);
    },
  };
}
